package lib.copies_test

import data.lib.copies

placed(roles, quorum) := {
	"component": {"name": "db", "quorum": quorum},
	"placement": {
		"voters": {"db": 3},
		"copies": array.concat([{"component": "other", "role": "primary"}], [{"component": "db", "role": role} | some role in roles]),
	},
}

test_works if {
	copies.works with input as placed(["replica"], "none")
	copies.works with input as placed(["standby"], "none")
	not copies.works with input as placed(["witness", "cache"], "none")
	not copies.works with input as placed([], "none")
}

test_nothing_left if {
	copies.stopped == {"it has no copy left"} with input as placed(["witness"], "majority")
}

test_majority if {
	count(copies.stopped) == 0 with input as placed(["replica", "witness"], "majority")
	copies.stopped == {"1 of its 3 votes are left, and it asks for a majority"} with input as placed(["replica", "standby"], "majority")
	count(copies.stopped) == 0 with input as placed(["replica"], "none")
}
