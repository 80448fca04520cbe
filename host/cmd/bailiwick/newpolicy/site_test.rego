package @PACKAGE@_test

import data.@PACKAGE@ as policy

doc(site) := {"site": site, "settings": {"countries": ["DE", "EU"]}}

test_inside if count(policy.deny) == 0 with input as doc({"id": "a", "country": "DE", "jurisdictions": ["DE"]})

test_in_a_bloc if count(policy.deny) == 0 with input as doc({"id": "a", "country": "FR", "jurisdictions": ["EU", "FR"]})

test_elsewhere if {
	policy.deny == {"b is in US; copies may stand only in DE, EU"} with input as doc({"id": "b", "country": "US", "jurisdictions": ["US"]})
}
