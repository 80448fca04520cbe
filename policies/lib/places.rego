# METADATA
# title: Countries and blocs
package lib.places

# overlap holds if two places have ground in common: they are one, or one is a
# bloc that the other is a member of.
overlap(a, b) if a == b

overlap(a, b) if a in data.topology.jurisdictions[b].members

overlap(a, b) if b in data.topology.jurisdictions[a].members

# meeting is the places that a place overlaps: itself, its members, and the blocs it
# is a member of. Asking whether one of them is on a list of each site is quick.
meeting(place) := ({place} | members) | blocs if {
	members := {member | some member in data.topology.jurisdictions[place].members}
	blocs := {bloc |
		some bloc, jurisdiction in data.topology.jurisdictions
		jurisdiction.kind == "bloc"
		place in jurisdiction.members
	}
}

# inside holds if a place is one of a list, or a member of a bloc on it.
inside(place, places) if place in places

inside(place, places) if {
	some bloc in places
	place in data.topology.jurisdictions[bloc].members
}

# misnamed is those of a list that no topology has: a place that is misspelt in the
# settings would never be met.
misnamed(places) := {place |
	some place in places
	not data.topology.jurisdictions[place]
}
