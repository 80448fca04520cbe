package sovereignty.labels_test

import data.sovereignty.labels

berlin := {"id": "eusc-de-east-1", "kind": "region", "partition": "eusc", "country": "DE", "jurisdictions": ["DE", "EU"], "control": ["DE"]}

frankfurt := {"id": "eu-central-1", "kind": "region", "partition": "aws", "country": "DE", "jurisdictions": ["DE", "EU"], "control": ["US", "EU"]}

ohio := {"id": "us-east-2", "kind": "region", "partition": "aws", "country": "US", "jurisdictions": ["US"], "control": ["US"]}

gov := {"id": "us-gov-west-1", "kind": "region", "partition": "gov", "country": "US", "jurisdictions": ["US"], "control": ["US"]}

topology := {
	"jurisdictions": {"EU": {"members": ["DE", "FR"]}, "DE": {"members": []}, "US": {"members": []}},
	"sites": {"eusc-de-east-1": berlin, "eu-central-1": frankfurt, "us-east-2": ohio, "us-gov-west-1": gov},
}

doc(settings, site) := {
	"component": {"data": [{"name": "d", "class": "Citizens"}]},
	"site": site,
	"settings": object.union({"level": 0, "levels": {}, "area": ["EU"]}, settings),
}

denies(settings, site) := reasons if {
	reasons := labels.deny with input as doc(settings, site) with data.topology as topology
}

test_none if denies({}, ohio) == set()

test_level_1 if {
	denies({"level": 1}, ohio) == set()
	labels.obligation == {`data set "d" is at label level 1: have the operator of us-east-2 show its label`} with input as doc({"level": 1}, ohio)
		with data.topology as topology
}

test_level_2 if {
	denies({"levels": {"citizens": 2}}, frankfurt) == set()
	denies({"levels": {"citizens": 2}}, ohio) == set()
	denies({"levels": {"citizens": 2}}, gov) == {`data set "d" is at label level 2, which wants the option to stay in EU; partition gov has no region there`}
	labels.warn == {`data set "d" is at label level 2, and us-east-2 is outside EU: the option to stay there is not used`} with input as doc({"levels": {"citizens": 2}}, ohio)
		with data.topology as topology
}

test_level_3 if {
	denies({"level": 1, "levels": {"citizens": 3}}, berlin) == set()
	denies({"level": 3}, frankfurt) == {`data set "d" is at label level 3, immune from law outside EU; foreign law reaches the operator of eu-central-1 (US, EU)`}
	denies({"level": 3}, ohio) == {
		`data set "d" is at label level 3, which stays in EU; us-east-2 is in US`,
		`data set "d" is at label level 3, immune from law outside EU; foreign law reaches the operator of us-east-2 (US)`,
	}
}
