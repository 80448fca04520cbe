package sovereignty.tools_test

import data.sovereignty.tools

topology := {"jurisdictions": {
	"EU": {"keepsList": true, "members": ["DE"], "adequate": ["JP"], "adequateWithin": {}},
	"EEA": {"keepsList": false, "members": ["DE", "NO"], "adequate": [], "adequateWithin": {}},
}}

denies(transfer, country) := reasons if {
	reasons := tools.deny with input as {
		"request": {"at": "2026-11-24T00:00:00Z"},
		"component": {"data": [{"name": "d", "class": "personal", "subjects": ["EU"], "transfer": transfer}]},
		"site": {"id": "s", "country": country, "jurisdictions": object.get({"NO": ["NO", "EEA"]}, country, [country])},
		"settings": {
			"classes": ["personal"],
			"area": {"EU": "EEA"},
			"withdrawn": {"Privacy Shield": "2020-07-16", "Next Shield": "2027-01-01"},
		},
	}
		with data.topology as topology
}

test_valid if {
	denies([{"tool": "SCC", "to": "US"}], "US") == set()
	denies([{"tool": "SCC", "to": "US", "since": "2026-11-24", "until": "2026-11-25"}], "US") == set()
	denies([{"tool": "next shield", "to": "US"}], "US") == set()
	denies([], "US") == set()
}

test_not_needed if {
	denies([{"tool": "Privacy Shield", "to": "JP"}], "JP") == set()
	denies([{"tool": "Privacy Shield", "to": "NO"}], "NO") == set()
	denies([{"tool": "Privacy Shield", "to": "IN"}], "US") == set()
}

test_ended if {
	denies([{"tool": "SCC", "to": "US", "until": "2026-11-24"}], "US") == {`data set "d": the transfer tool SCC to US ended on 2026-11-24, and the decision time is 2026-11-24; renew it, or declare another`}
}

test_not_begun if {
	denies([{"tool": "SCC", "to": "US", "since": "2027-01-01"}], "US") == {`data set "d": the transfer tool SCC to US is in force from 2027-01-01 on, and the decision time is 2026-11-24; wait, or declare another`}
}

test_struck_down if {
	denies([{"tool": "privacy shield", "to": "US"}], "US") == {`data set "d": the transfer tool privacy shield to US is invalid since 2020-07-16; declare another`}
}

test_another_holds if {
	denies([{"tool": "Privacy Shield", "to": "US"}, {"tool": "SCC", "to": "US"}], "US") == set()
	count(denies([{"tool": "Privacy Shield", "to": "US"}, {"tool": "SCC", "to": "IN"}], "US")) == 1
}
