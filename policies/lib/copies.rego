# METADATA
# title: The copies of the component that a placement is judged for
package lib.copies

# works holds if a copy is left that can go on by itself: not one that only votes or
# only caches.
works if {
	some copy in input.placement.copies
	copy.component == input.component.name
	holds_data(copy)
}

holds_data(copy) if not copy.role in {"witness", "cache"}

# votes counts the copies that are left and vote.
votes := count([1 |
	some copy in input.placement.copies
	copy.component == input.component.name
	copy.role in {"primary", "replica", "voter", "witness"}
])

# stopped says why the component does not go on, if it does not.
stopped contains "it has no copy left" if not works

stopped contains sprintf("%d of its %d votes are left, and it asks for a majority", [votes, all_votes]) if {
	works
	input.component.quorum == "majority"
	votes * 2 <= all_votes
}

all_votes := input.placement.voters[input.component.name]
