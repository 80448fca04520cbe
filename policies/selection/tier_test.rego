package selection.tier_test

import data.selection.tier

doc(here, there) := {
	"component": {"tier": "local-zone", "latency": {"maxMs": 20}, "data": [{"name": "d"}]},
	"settings": {"kinds": ["local-zone"]},
	"site": {
		"id": "z", "region": "r", "country": "US",
		"latency": {"byPopulation": here, "regionByPopulation": there},
	},
}

topology := {"sites": {"r": {"country": "DE"}}}

test_not_needed_denies if {
	tier.deny == {"z is not needed: of those within 20 ms of it, all are within 20 ms of its region r too; set the tier to region"} with input as doc({"a": 5, "b": 90}, {"a": 20, "b": 30})
		with data.topology as topology
}

test_needed_by_one if {
	count(tier.deny) == 0 with input as doc({"a": 5, "b": 6}, {"a": 20, "b": 30}) with data.topology as topology
}

test_needed_by_the_law if {
	count(tier.deny) == 0 with input as doc({"a": 5}, {"a": 10})
		with data.topology as topology
		with input.component.data as [{"name": "d", "residency": ["US"]}]
	count(tier.deny) == 1 with input as doc({"a": 5}, {"a": 10})
		with data.topology as {"sites": {"r": {"country": "US"}}}
		with input.component.data as [{"name": "d", "residency": ["US"]}]
}

test_other_kinds if {
	count(tier.deny) == 0 with input as doc({"a": 5}, {"a": 10})
		with data.topology as topology
		with input.component.tier as "region"
}

test_no_goal if {
	count(tier.deny) == 0 with input as object.remove(doc({"a": 5}, {"a": 10}), ["component"])
		with input.component as {"tier": "local-zone"}
		with data.topology as topology
}

test_no_users if count(tier.deny) == 0 with input as doc({}, {}) with data.topology as topology

test_serves_nobody if count(tier.deny) == 0 with input as doc({"a": 50}, {"a": 10}) with data.topology as topology
