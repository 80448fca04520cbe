package selection.latency_test

import data.selection.latency

doc(goal, away) := {"component": {"latency": {"maxMs": goal}}, "site": {"id": "r", "latency": {"byPopulation": away}}}

test_near_one if {
	count(latency.deny) == 0 with input as doc(60, {"DE": 60, "JP": 230.5})
}

test_near_nobody_denies if {
	latency.deny == {"r is within 60 ms of no population; the nearest, DE, is 80.5 ms away"} with input as doc(60, {"DE": 80.5, "FR": 90})
}

test_no_goal if {
	count(latency.deny) == 0 with input as {"component": {}, "site": {"id": "r", "latency": {"byPopulation": {"DE": 900}}}}
}

test_no_users if {
	count(latency.deny) == 0 with input as {"component": {"latency": {"maxMs": 60}}, "site": {"id": "r"}}
	count(latency.deny) == 0 with input as doc(60, {})
}
