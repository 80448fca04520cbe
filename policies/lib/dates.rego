# METADATA
# title: Dates of requests and facts
package lib.dates

# today is the decision time's day. Dates written YYYY-MM-DD compare as text.
today := substring(input.request.at, 0, 10)

# in_force holds if something that ends at its `until`, if it has one, has not
# ended at the decision time. The day that until names is no longer covered.
in_force(thing) if not thing.until

in_force(thing) if today < thing.until
