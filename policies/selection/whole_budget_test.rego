package selection.whole_budget_test

import data.selection.whole_budget

doc(most, cost) := {
	"request": {"objective": ["latency", "cost"], "components": [{"name": "api"}, {"name": "db"}]},
	"component": {"name": "api"},
	"settings": {"maxCost": most},
	"scenario": {"kind": "none"},
	"placement": {"objective": {"latency": 9, "cost": cost}},
}

test_within if count(whole_budget.deny) == 0 with input as doc(3, 3)

test_beyond_denies if {
	whole_budget.deny == {"the placement costs 3.5; the setting maxCost of SEL-12 allows 3: choose nearer or cheaper sites for what exchanges much, or raise it"} with input as doc(3, 3.5)
}

test_nothing_asked if count(whole_budget.deny) == 0 with input as doc(0, 3.5)

test_after_a_failure if {
	count(whole_budget.deny) == 0 with input as doc(3, 3.5) with input.scenario.kind as "zone"
}

test_said_once if {
	count(whole_budget.deny) == 0 with input as doc(3, 3.5) with input.component.name as "db"
}

test_weighted if {
	count(whole_budget.deny) == 1 with input as doc(3, 3.5) with input.request.objective as {"cost": 0.5, "latency": 0.5}
}

test_not_ranked_denies if {
	whole_budget.deny == {"what the placement costs is not worked out, so the setting maxCost of SEL-12 cannot be kept; add cost to the request's objective"} with input as doc(3, 3.5)
		with input.request.objective as ["latency"]
		with input.placement.objective as {"latency": 9}
	count(whole_budget.deny) == 1 with input as doc(3, 3.5)
		with input.request.objective as {"latency": 1}
		with input.placement.objective as {"latency": 9}
}
