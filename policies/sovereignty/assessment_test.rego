package sovereignty.assessment_test

import data.sovereignty.assessment

topology := {"jurisdictions": {
	"EU": {"keepsList": true, "members": ["DE"], "adequate": ["JP"], "adequateWithin": {}},
	"EEA": {"keepsList": false, "members": ["DE", "NO"], "adequate": [], "adequateWithin": {}},
	"JP": {"keepsList": false, "members": [], "adequate": [], "adequateWithin": {}},
}}

doc(dataset) := {
	"request": {"at": "2026-11-24T00:00:00Z"},
	"component": {"data": [object.union({"name": "d", "class": "personal", "subjects": ["EU"]}, dataset)]},
	"site": {"id": "s", "country": "US", "jurisdictions": ["US"]},
	"settings": {
		"classes": ["personal"],
		"area": {"EU": "EEA"},
		"exempt": ["DPF"],
		"measures": {"SCC": ["keys-at-home", "pseudonymised"]},
		"custodians": ["customer"],
	},
}

denies(dataset) := reasons if {
	reasons := assessment.deny with input as doc(dataset) with data.topology as topology
}

obliges(dataset) := duties if {
	duties := assessment.obligation with input as doc(dataset) with data.topology as topology
}

done := {"tool": "SCC", "to": "US", "assessment": "2026-01-01", "measures": ["pseudonymised"]}

test_assessed_and_supplemented if {
	denies({"transfer": [done]}) == set()
	obliges({"transfer": [done]}) == {`data set "d" goes to US under SCC: review the assessment of 2026-01-01 when the law there changes, and keep up pseudonymised`}
}

test_tool_without_measures if {
	transfer := {"tool": "BCR", "to": "US", "assessment": "2026-11-24"}
	denies({"transfer": [transfer]}) == set()
	obliges({"transfer": [transfer]}) == {`data set "d" goes to US under BCR: review the assessment of 2026-11-24 when the law there changes`}
}

test_not_assessed if {
	message := "data set \"d\" goes to US under BCR without an assessment of the law there; make one, and give its day under transfer as `assessment`"
	denies({"transfer": [{"tool": "BCR", "to": "US"}]}) == {message}
	denies({"transfer": [{"tool": "BCR", "to": "US", "assessment": "2026-11-25"}]}) == {message}
	obliges({"transfer": [{"tool": "BCR", "to": "US"}]}) == set()
}

test_not_supplemented if {
	denies({"transfer": [object.union(done, {"measures": ["hope"]})]}) == {"data set \"d\" goes to US under SCC, which needs one of the measures keys-at-home, pseudonymised; put one in place, and list it under transfer as `measures`"}
	count(denies({"transfer": [object.remove(done, ["measures"])]})) == 1
	obliges({"transfer": [object.remove(done, ["measures"])]}) == set()
}

test_keys_at_home if {
	transfer := [object.union(done, {"measures": ["keys-at-home"]})]
	denies({"transfer": transfer, "keys": {"custodian": "customer", "location": "NO"}}) == set()
	denies({"transfer": transfer, "keys": {"custodian": "customer", "location": "JP"}}) == set()
	count(denies({"transfer": transfer, "keys": {"custodian": "customer", "location": "US"}})) == 1
	count(denies({"transfer": transfer, "keys": {"custodian": "provider", "location": "DE"}})) == 1
	count(denies({"transfer": transfer})) == 1
}

test_not_relied_on if {
	denies({"transfer": [{"tool": "DPF", "to": "US"}]}) == set()
	denies({"transfer": [{"tool": "BCR", "to": "US", "until": "2026-01-01"}]}) == set()
	denies({"transfer": [{"tool": "BCR", "to": "IN"}]}) == set()
	denies({}) == set()
}
