package redundancy.control_planes_test

import data.redundancy.control_planes

doc(kind, frozen, left, settings) := {
	"component": {"name": "api"},
	"scenario": {"kind": kind, "controlPlanes": frozen},
	"settings": object.union({"services": [], "always": false}, settings),
	"placement": {"chosen": {"api": 2}, "copies": [{"component": "api"} | some _ in numbers.range(1, left)]},
}

test_nothing_frozen if {
	count(control_planes.deny) == 0 with input as doc("region", [], 1, {})
}

test_recovery_needs_it if {
	control_planes.deny == {`component "api" has lost copies, and the control plane of route53 is lost with them: recovery cannot create, change or move anything of it; have what recovery needs in place beforehand`} with input as doc("region", ["route53"], 1, {})
}

test_nothing_lost_but_it if {
	count(control_planes.deny) == 0 with input as doc("controlPlane", ["route53"], 2, {})
	control_planes.deny == {`component "api" cannot create, change or move anything of route53: its control plane is in another region; use a service whose control plane is local`} with input as doc("controlPlane", ["route53"], 2, {"always": true})
}

test_named_services if {
	count(control_planes.deny) == 0 with input as doc("region", ["iam"], 1, {"services": ["route53"]})
	count(control_planes.deny) == 1 with input as doc("region", ["route53"], 1, {"services": ["route53"]})
}

test_as_it_stands if {
	count(control_planes.deny) == 0 with input as doc("none", ["route53"], 1, {"always": true})
}
