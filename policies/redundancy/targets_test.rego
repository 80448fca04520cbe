package redundancy.targets_test

import data.redundancy.targets

doc(kind, outcome, roles) := {
	"component": {"name": "db", "quorum": "none"},
	"scenario": object.union({"kind": kind}, outcome),
	"settings": {"targets": {"zone": {"rtoSeconds": 60, "rpoSeconds": 0}, "region": {"rtoSeconds": 600}}},
	"placement": {"voters": {"db": 1}, "copies": [{"component": "db", "role": role} | some role in roles]},
}

test_within if {
	count(targets.deny) == 0 with input as doc("zone", {"rtoSeconds": 60, "rpoSeconds": 0}, ["primary"])
	count(targets.deny) == 0 with input as doc("region", {"rtoSeconds": 5, "rpoSeconds": 3}, ["replica"])
}

test_too_late if {
	targets.deny == {`component "db" is back after 61 seconds; the target after the loss of a zone is 60`} with input as doc("zone", {"rtoSeconds": 61, "rpoSeconds": 0}, ["primary"])
}

test_too_much_lost if {
	targets.deny == {`component "db" loses 1 seconds of its writes; the target after the loss of a zone is 0`} with input as doc("zone", {"rtoSeconds": 1, "rpoSeconds": 1}, ["primary"])
}

test_nothing_left if {
	targets.deny == {`component "db" has no copy left and does not come back by itself within the targets for the loss of a region (rtoSeconds 600)`} with input as doc("region", {}, [])
}

test_no_target if {
	count(targets.deny) == 0 with input as doc("provider", {"rtoSeconds": 100000}, [])
}
