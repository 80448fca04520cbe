package redundancy.survive_test

import data.redundancy.shared_fate
import data.redundancy.survive_region
import data.redundancy.survive_zone

after(kind, roles) := {
	"component": {"name": "db", "quorum": "none"},
	"scenario": {"kind": kind, "id": sprintf("lose:%s:x", [kind])},
	"placement": {"voters": {"db": 1}, "copies": [{"component": "db", "role": role} | some role in roles]},
	"settings": {"kinds": ["riskGroup"], "accepted": []},
}

test_zone if {
	count(survive_zone.deny) == 0 with input as after("zone", ["primary"])
	count(survive_zone.deny) == 0 with input as after("region", [])
	survive_zone.deny == {`component "db" does not go on: it has no copy left; place it in several zones, or on services that keep synchronous copies in several`} with input as after("zone", ["cache"])
}

test_region if {
	count(survive_region.deny) == 0 with input as after("region", ["replica"])
	count(survive_region.deny) == 0 with input as after("zone", [])
	survive_region.deny == {`component "db" does not go on: it has no copy left; set copies.min to 2 or more, in regions of their own`} with input as after("region", [])
}

test_shared_fate if {
	count(shared_fate.deny) == 0 with input as after("riskGroup", ["replica"])
	count(shared_fate.deny) == 0 with input as after("region", [])
	shared_fate.deny == {`component "db" does not go on: it has no copy left; all of it shares this fate: choose sites of which one is outside`} with input as after("riskGroup", [])
}

test_accepted_fate if {
	known := object.union(after("riskGroup", []), {"settings": {"kinds": ["riskGroup"], "accepted": ["x"]}})
	count(shared_fate.deny) == 0 with input as known
	count(shared_fate.deny) == 1 with input as object.union(known, {"settings": {"accepted": ["y"]}})
}
