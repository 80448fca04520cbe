package sovereignty.impact_test

import data.sovereignty.impact

gov := {"id": "us-gov-west-1", "kind": "region", "partition": "aws-us-gov", "country": "US", "jurisdictions": ["US"], "personnel": ["US"], "programmes": ["il5", "il2"]}

paris := {"id": "eu-west-3", "kind": "region", "partition": "aws", "country": "FR", "jurisdictions": ["FR", "EU"], "personnel": ["US", "FR"], "programmes": []}

doc(level, site) := {
	"component": {"name": "api", "data": [{"name": "d", "class": "CUI"}, {"name": "e", "class": "public"}]},
	"site": site,
	"settings": {
		"levels": {"cui": level},
		"requirements": {
			"2": {"programme": "il2", "ground": [], "personnel": [], "partitions": []},
			"5": {"programme": "il5", "ground": ["US", "PR"], "personnel": ["US"], "partitions": ["aws-us-gov"]},
		},
	},
}

test_permits_and_obliges if {
	count(impact.deny) == 0 with input as doc("5", gov)
	impact.obligation == {`data set "d" is at impact level 5: have the workload authorised, and its services and personnel with it`} with input as doc("5", gov)
}

test_denies if {
	impact.deny == {
		`data set "d" is at impact level 5; eu-west-3 is not authorised at it (il5)`,
		`data set "d" is at impact level 5, which stays in US, PR; eu-west-3 is in FR`,
		`data set "d" is at impact level 5, which wants personnel under US only; at eu-west-3 there may be others (FR)`,
		`data set "d" is at impact level 5, which wants the separation of aws-us-gov; eu-west-3 is in partition aws`,
	} with input as doc("5", paris)
}

test_empty_lists_ask_nothing if {
	impact.deny == {`data set "d" is at impact level 2; eu-west-3 is not authorised at it (il2)`} with input as doc("2", paris)
	count(impact.deny) == 0 with input as doc("2", gov)
}

test_no_level if {
	count(impact.deny) == 0 with input as {"component": {"data": [{"name": "d", "class": "cui"}]}, "site": paris, "settings": {"levels": {}}}
}
