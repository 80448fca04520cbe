package sovereignty.keys_test

import data.sovereignty.keys

topology := {"jurisdictions": {
	"EU": {"members": ["DE", "IE"]},
	"DE": {"members": []},
	"US": {"members": []},
	"CN": {"members": []},
}}

frankfurt := {"id": "eu-central-1", "country": "DE", "jurisdictions": ["DE", "EU"], "control": ["US"]}

beijing := {"id": "cn-north-1", "country": "CN", "jurisdictions": ["CN"], "control": []}

denies(dataset, forbidden, site) := reasons if {
	reasons := keys.deny with input as {
		"component": {"data": [object.union({"name": "d", "class": "Secret"}, dataset)]},
		"site": site,
		"settings": {"forbidden": forbidden, "custodians": ["customer"], "classes": ["secret"]},
	}
		with data.topology as topology
}

test_nothing_forbidden if {
	denies({"keys": {"custodian": "provider", "location": "US"}}, [], frankfurt) == set()
	denies({}, [], frankfurt) == set() with input.settings.classes as []
}

test_customer_elsewhere if denies({"keys": {"custodian": "customer", "location": "DE"}}, ["US"], frankfurt) == set()

test_operator_is_reached if {
	denies({"keys": {"custodian": "provider", "location": "DE"}}, ["US"], frankfurt) == {`data set "d": its keys are held by provider at eu-central-1, whom the law of US reaches; have one of customer hold them elsewhere, or leave the site out`}
	count(denies({"keys": {"custodian": "provider", "location": "DE"}}, ["CN"], beijing)) == 1
	denies({"keys": {"custodian": "provider", "location": "DE"}}, ["CN"], frankfurt) == set()
}

test_location_is_reached if {
	denies({"keys": {"custodian": "customer", "location": "US"}}, ["US"], frankfurt) == {`data set "d": its keys are held in US, where the law of US reaches them; hold them elsewhere`}
	count(denies({"keys": {"custodian": "customer", "location": "IE"}}, ["EU"], frankfurt)) == 1
	count(denies({"keys": {"custodian": "customer", "location": "EU"}}, ["DE"], frankfurt)) == 1
}

test_not_said if {
	denies({"keys": {"custodian": "customer"}}, ["US"], frankfurt) == {`data set "d": the law of US must not reach its keys, and keys.location is not given; say it`}
	denies({"keys": {"location": "DE"}}, ["US"], frankfurt) == {
		`data set "d": its keys are held by nobody that is named at eu-central-1, whom the law of US reaches; have one of customer hold them elsewhere, or leave the site out`,
		`data set "d": the law of US must not reach its keys, and keys.custodian is not given; say it`,
	}
}

test_class_must_declare if {
	denies({}, ["US"], frankfurt) == {`data set "d" is of class "Secret", whose keys the law of US must not reach, and declares no keys; say under keys who holds them, and where`}
	denies({"class": "plain"}, ["US"], frankfurt) == set()
}

test_misnamed if denies({"class": "plain"}, ["USA"], frankfurt) == {"setting forbidden of SOV-23 names USA, which the topology does not have; correct it"}
