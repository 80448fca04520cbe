# METADATA
# title: Dates of requests and facts
package lib.dates

# today is the decision time's day. Dates written YYYY-MM-DD compare as text.
today := substring(input.request.at, 0, 10)

# in_force holds if something has begun by its `since`, if it has one, and has not
# ended by its `until`, if it has one. The day that until names is no longer
# covered.
in_force(thing) if {
	begun(thing)
	not ended(thing)
}

# begun holds from the day that `since` names on.
begun(thing) if not thing.since

begun(thing) if thing.since <= today

# ended holds from the day that `until` names on.
ended(thing) if thing.until <= today

# ago is the day so many days before the decision time's.
ago(days) := sprintf(
	"%04d-%02d-%02d",
	time.date(time.add_date(time.parse_rfc3339_ns(input.request.at), 0, 0, 0 - days)),
)

# year is the decision time's.
year := to_number(substring(input.request.at, 0, 4))
