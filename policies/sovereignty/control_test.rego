package sovereignty.control_test

import data.sovereignty.control

topology := {"jurisdictions": {"EU": {"members": ["DE"]}, "DE": {"members": []}, "US": {"members": []}}}

doc(dataset, law) := {
	"component": {"data": [object.union({"name": "d", "class": "Secret"}, dataset)]},
	"site": {"id": "eu-central-1", "control": [law]},
	"settings": {"foreign": ["US"], "classes": ["secret"], "custodians": ["customer"]},
}

denies(dataset, law) := reasons if {
	reasons := control.deny with input as doc(dataset, law) with data.topology as topology
}

test_reached if {
	denies({}, "US") == {`data set "d": the law of US reaches the operator of eu-central-1; hold the keys elsewhere by one of customer and say so under keys, or leave the site out`}
	denies({}, "DE") == set()
}

test_class if {
	denies({"class": "public"}, "US") == set()
	count(control.deny) == 1 with input as object.union(doc({"class": "public"}, "US"), {"settings": {"classes": []}})
		with data.topology as topology
}

test_sealed if {
	dataset := {"keys": {"custodian": "customer", "location": "DE"}}
	denies(dataset, "US") == set()
	control.warn == {`data set "d": the law of US reaches the operator of eu-central-1; that customer holds the keys in DE mitigates it, and does not remove it`} with input as doc(dataset, "US")
		with data.topology as topology
	control.obligation == {`data set "d" at eu-central-1: keep its keys with customer in DE, out of reach of the operator and the law of US`} with input as doc(dataset, "US")
		with data.topology as topology
}

test_not_sealed if {
	count(denies({"keys": {"custodian": "provider", "location": "DE"}}, "US")) == 1
	count(denies({"keys": {"custodian": "customer", "location": "US"}}, "US")) == 1
	count(denies({"keys": {"custodian": "customer"}}, "US")) == 1
}

test_nothing_foreign if {
	count(control.deny) == 0 with input as object.union(doc({}, "US"), {"settings": {"foreign": []}})
		with data.topology as topology
}

test_misnamed if {
	control.deny == {"setting foreign of SOV-08 names USA, which the topology does not have; correct it"} with input as object.union(doc({}, "US"), {"settings": {"foreign": ["USA"]}})
		with data.topology as topology
}
