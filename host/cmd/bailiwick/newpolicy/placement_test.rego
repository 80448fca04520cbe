package @PACKAGE@_test

import data.@PACKAGE@ as policy

doc(kind, names) := {
	"component": {"name": "api"},
	"scenario": {"kind": kind},
	"placement": {"copies": [{"component": name} | some name in names]},
	"settings": {"copies": 1, "kinds": ["zone", "region"]},
}

test_enough if count(policy.deny) == 0 with input as doc("zone", ["api", "other"])

test_too_few if policy.deny == {"0 copies of component \"api\" are left; 1 are wanted"} with input as doc("region", ["other"])

test_other_failures if count(policy.deny) == 0 with input as doc("provider", [])
