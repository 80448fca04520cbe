package redundancy.static_stability_test

import data.redundancy.static_stability

doc(kind, lost, sites) := {
	"component": {"name": "api", "copies": {"max": 2}, "capacity": {"needed": 100, "perCopy": 60}},
	"scenario": {"kind": kind, "lost": lost},
	"settings": {"kinds": ["zone", "region"], "zoneShare": true},
	"placement": {"copies": [{"component": "api", "role": "replica", "site": site} | some site in sites]},
}

region(id) := {"id": id, "kind": "region", "zoneCount": 3}

topology := {"sites": {"a-az1": {"parent": "a"}, "c-az1": {"parent": "c"}}}

test_enough_after_another_region if {
	count(static_stability.deny) == 0 with input as doc("region", ["c"], [region("a"), region("b")]) with data.topology as topology
}

test_one_copy_left_is_not_enough if {
	static_stability.deny == {`what is left of component "api" carries 60 of the 100 that are needed; provide more copies or larger ones before the failure, not after it`} with input as doc("region", ["b"], [region("a")]) with data.topology as topology
}

test_a_zone_takes_its_share if {
	# 2/3 of 60 and 60 are 100.
	count(static_stability.deny) == 0 with input as doc("zone", ["a-az1"], [region("a"), region("b")]) with data.topology as topology
	count(static_stability.deny) == 1 with input as doc("zone", ["a-az1"], [region("a")]) with data.topology as topology
	tight := object.union(doc("zone", ["a-az1"], [region("a"), region("b")]), {"component": {"capacity": {"needed": 101}}})
	count(static_stability.deny) == 1 with input as tight with data.topology as topology
	count(static_stability.deny) == 0 with input as object.union(tight, {"settings": {"zoneShare": false}}) with data.topology as topology
	count(static_stability.deny) == 0 with input as object.union(tight, {"scenario": {"lost": ["c-az1"]}}) with data.topology as topology
}

test_witnesses_carry_nothing if {
	witness := object.union(doc("region", ["c"], []), {"placement": {"copies": [
		{"component": "api", "role": "witness", "site": region("a")},
		{"component": "api", "role": "replica", "site": region("b")},
	]}})
	count(static_stability.deny) == 1 with input as witness with data.topology as topology
}

test_other_kinds_are_not_judged if {
	count(static_stability.deny) == 0 with input as doc("provider", ["c"], []) with data.topology as topology
}

test_no_capacity if {
	bare := {
		"component": {"name": "api", "copies": {"max": 2}}, "scenario": {"kind": "none"},
		"settings": {"kinds": ["zone"], "zoneShare": true}, "placement": {"copies": []},
	}
	static_stability.warn == {`component "api" declares no capacity, so nobody checks whether what a failure leaves of it carries the load`} with input as bare
	count(static_stability.deny) == 0 with input as object.union(bare, {"scenario": {"kind": "zone"}})
	count(static_stability.warn) == 0 with input as object.union(bare, {"component": {"copies": {"max": 1}}})
}
