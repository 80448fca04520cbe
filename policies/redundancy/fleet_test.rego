package redundancy.fleet_test

import data.redundancy.fleet

doc(component, routes) := {
	"component": object.union({"name": "web", "tier": "region", "services": []}, component),
	"scenario": {"kind": "none"},
	"settings": {"maxShare": 0.8, "strict": ["autoscaling"]},
	"request": {"users": [{"population": "DE", "weight": 90}, {"population": "US", "weight": 10}, {"population": "DE", "weight": 100, "access": {"mobile": "X"}}]},
	"placement": {"chosen": {"web": 2}, "users": routes},
}

at(population, site) := {"component": "web", "population": population, "site": site}

test_balanced if {
	count(fleet.deny) == 0 with input as doc({}, [at("DE", "a"), at("US", "b"), {"component": "web", "population": "DE", "mobile": "X", "site": "b"}])
}

test_too_much_at_one if {
	fleet.deny == {`90% of the users of component "web" go to a; at most 80% are to: choose sites nearer to the others, or raise the setting maxShare`} with input as doc({}, [at("DE", "a"), at("US", "b")])
}

test_single_copy if {
	count(fleet.deny) == 0 with input as object.union(doc({}, [at("DE", "a"), at("US", "a")]), {"placement": {"chosen": {"web": 1}}})
}

test_capacity if {
	few := doc({"capacity": {"needed": 100, "perCopy": 60}}, [at("DE", "a"), at("US", "b")])
	fleet.deny == {`the copy of component "web" at a gets 90 of the load, and carries 60; make copies larger, or choose sites nearer to the others`} with input as object.union(few, {"settings": {"maxShare": 1}})
	count(fleet.deny) == 0 with input as object.union(few, {"settings": {"maxShare": 1}, "component": {"capacity": {"perCopy": 90}}})
}

test_strict_balance if {
	fleet.obligation == {`have the groups of autoscaling of component "web" balance their zones strictly: by default balance is a best effort`} with input as doc({"services": ["ec2", "autoscaling"]}, [])
	count(fleet.obligation) == 0 with input as doc({"services": ["ec2"]}, [])
	count(fleet.obligation) == 0 with input as doc({"services": ["autoscaling"], "tier": "outpost"}, [])
}

test_nobody_comes if {
	count(fleet.deny) == 0 with input as object.union(doc({}, [at("DE", "a")]), {"request": {"users": [{"population": "DE", "weight": 0}]}})
}
