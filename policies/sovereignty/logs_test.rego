package sovereignty.logs_test

import data.sovereignty.logs

topology := {
	"sites": {
		"us-east-1": {"id": "us-east-1", "region": "us-east-1", "partition": "aws", "country": "US", "jurisdictions": ["US"]},
		"eu-central-1": {"id": "eu-central-1", "region": "eu-central-1", "partition": "aws", "country": "DE", "jurisdictions": ["DE", "EU"]},
		"us-east-1-qro-1": {"id": "us-east-1-qro-1", "kind": "local-zone", "region": "us-east-1", "partition": "aws", "country": "MX", "jurisdictions": ["MX"]},
		"cn-north-1": {"id": "cn-north-1", "region": "cn-north-1", "partition": "aws-cn", "country": "CN", "jurisdictions": ["CN"]},
		"FRA": {"id": "FRA", "partition": "aws", "country": "DE", "jurisdictions": ["DE", "EU"]},
		"nowhere": {"id": "nowhere", "region": "nowhere", "partition": "aws"},
	},
	"services": {
		"s3": {"scope": "regional", "controlPlane": "us-east-1"},
		"iam": {"scope": "global", "controlPlane": "us-east-1"},
		"dns": {"scope": "global", "controlPlane": "local"},
	},
}

denies(places, services, site) := reasons if {
	reasons := logs.deny with input as {
		"component": {"data": [{"name": "d", "logs": places}], "services": services},
		"site": topology.sites[site],
		"settings": {"regionalServices": ["dns"]},
	}
		with data.topology as topology
}

test_permits if {
	denies(["EU"], ["s3"], "eu-central-1") == set()
	denies(["EU"], ["dns"], "eu-central-1") == set()
	denies([], ["iam"], "us-east-1") == set()
	denies(["EU"], [], "FRA") == set()
}

test_no_logs if {
	count(logs.deny) == 0 with input as {"component": {"data": [{"name": "d"}]}, "site": topology.sites["us-east-1"]}
		with data.topology as topology
}

test_region_elsewhere if denies(["EU"], [], "us-east-1") == {`data set "d": logs may be kept only in EU; those of us-east-1 are kept in us-east-1, which is not in any of these`}

test_zone_logs_in_its_region if {
	denies(["MX"], [], "us-east-1-qro-1") == {`data set "d": logs may be kept only in MX; those of us-east-1-qro-1 are kept in us-east-1, which is not in any of these`}
	denies(["US"], [], "us-east-1-qro-1") == set()
}

test_global_service if {
	denies(["EU"], ["iam"], "eu-central-1") == {`data set "d": logs may be kept only in EU; iam records what is asked of it in us-east-1, in US; do without it, or list it in the setting regionalServices of SOV-03 if it does not`}
	denies(["EU", "US"], ["iam"], "eu-central-1") == set()
}

test_global_service_of_another_partition if {
	denies(["CN"], ["iam"], "cn-north-1") == {`data set "d": logs may be kept only in CN; where iam records what is asked of it in partition aws-cn nobody has said; list it in the setting regionalServices of SOV-03 if that is in the region`}
}

test_absent_country_denies if {
	denies(["EU"], [], "nowhere") == {`data set "d": logs may be kept only in EU; those of nowhere are kept in nowhere, which is not in any of these`}
}
