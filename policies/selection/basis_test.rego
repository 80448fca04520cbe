package selection.basis_test

import data.selection.basis

doc(accept, component) := {
	"component": component,
	"settings": {"accept": accept},
	"site": {"id": "r", "latency": {
		"basis": {"DE": "measured", "FR": "modelled", "JP": "modelled"},
		"byPopulation": {"DE": 9, "FR": 12.5, "JP": 230},
	}},
}

test_either_way if count(basis.deny) == 0 with input as doc(["measured", "modelled"], {})

test_all_users_denies if {
	basis.deny == {"the times from FR, JP to r are not measured; measure them and state them under `access`, or widen the setting accept of SEL-03"} with input as doc(["measured"], {})
}

test_within_the_goal_denies if {
	basis.deny == {"the times from FR to r are not measured; measure them and state them under `access`, or widen the setting accept of SEL-03"} with input as doc(["measured"], {"latency": {"maxMs": 20}})
}

test_measured_within_the_goal if {
	count(basis.deny) == 0 with input as doc(["measured"], {"latency": {"maxMs": 10}})
}

test_no_users if {
	count(basis.deny) == 0 with input as object.remove(doc(["measured"], {}), ["site"]) with input.site as {"id": "r"}
}
