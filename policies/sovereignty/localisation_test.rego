package sovereignty.localisation_test

import data.sovereignty.localisation

topology := {
	"jurisdictions": {"EU": {"members": ["FR"]}, "FR": {"members": []}, "CN": {"members": []}, "US": {"members": []}, "IN": {"members": []}, "RU": {"members": []}},
	"regimes": {
		"cn": {"ref": "PIPL 40", "subjects": ["CN"], "classes": ["personal"], "storeIn": ["CN"], "processIn": [], "copiesAbroad": true, "approval": "an assessment"},
		"fr": {"ref": "HDS", "subjects": ["FR"], "classes": ["health"], "storeIn": ["EU"], "processIn": [], "copiesAbroad": false},
		"in": {"ref": "DPDP 16", "subjects": ["IN"], "classes": ["personal"], "storeIn": [], "processIn": [], "note": "no country is restricted"},
		"us": {"ref": "ITAR", "subjects": [], "classes": ["itar"], "storeIn": ["US"], "processIn": [], "copiesAbroad": false},
		"no": {"ref": "P 1", "subjects": ["RU"], "classes": ["personal"], "storeIn": [], "processIn": ["RU"], "processingAbroad": false},
		"yes": {"ref": "P 2", "subjects": ["RU"], "classes": ["orders"], "storeIn": [], "processIn": ["RU"], "processingAbroad": true},
	},
}

site(country) := {"id": "s", "kind": "region", "country": country, "jurisdictions": object.get({"FR": ["FR", "EU"]}, country, [country])}

doc(dataset, copies, country) := {
	"request": {"components": [{"name": "api", "data": ["d"]}, {"name": "other", "data": []}]},
	"component": {"name": "api", "copies": {"min": 1, "max": copies}, "data": [object.union({"name": "d"}, dataset)]},
	"site": site(country),
	"settings": {"without": [], "sealed": {"us": ["RU"]}, "custodians": ["customer"]},
}

denies(dataset, copies, country) := reasons if {
	reasons := localisation.deny with input as doc(dataset, copies, country) with data.topology as topology
}

obliges(dataset, copies, country) := duties if {
	duties := localisation.obligation with input as doc(dataset, copies, country) with data.topology as topology
}

chinese := {"class": "Personal", "subjects": ["CN"]}

french := {"class": "health", "subjects": ["EU"]}

test_at_home if {
	denies(chinese, 1, "CN") == set()
	obliges(chinese, 1, "CN") == set()
	denies(french, 2, "FR") == set()
}

test_other_class_or_subjects if {
	denies({"class": "public", "subjects": ["CN"]}, 1, "US") == set()
	denies({"class": "personal", "subjects": ["FR"]}, 1, "US") == set()
	denies({"class": "personal"}, 1, "US") == set()
}

test_no_copy_elsewhere if {
	denies(french, 2, "US") == {`data set "d": fr wants it stored in EU and no copy elsewhere (HDS); s is in US`}
	obliges(french, 2, "US") == set()
}

test_only_copy_elsewhere if {
	denies(chinese, 1, "US") == {`data set "d": cn wants a first copy stored in CN (PIPL 40), and this would be the only one; s is in US`}
	count(denies(french, 1, "US")) == 1
}

test_further_copy if {
	denies(chinese, 2, "US") == set()
	obliges(chinese, 2, "US") == {`data set "d" at s is a further copy under cn (PIPL 40): keep the first in CN; before it goes to US: an assessment`}
}

test_copy_of_another_component if {
	both := object.union(doc(chinese, 1, "US"), {"request": {"components": [{"name": "api", "data": ["d"]}, {"name": "db", "data": ["d"]}]}})
	count(localisation.deny) == 0 with input as both with data.topology as topology
}

test_edge_is_a_further_copy if {
	edge := object.union(doc(chinese, 1, "US"), {"site": {"kind": "edge-location"}})
	count(localisation.deny) == 0 with input as edge with data.topology as topology
}

test_transfer if {
	obliges({"class": "personal", "subjects": ["IN"]}, 1, "US") == {`data set "d" goes to s, in US, under in (DPDP 16): first see to what it asks (no country is restricted)`}
	obliges({"class": "personal", "subjects": ["IN"]}, 1, "IN") == set()
}

test_processing if {
	denies({"class": "personal", "subjects": ["RU"]}, 1, "US") == {`data set "d": no wants it processed in RU only (P 1); s is in US`}
	denies({"class": "orders", "subjects": ["RU"]}, 1, "US") == set()
	obliges({"class": "orders", "subjects": ["RU"]}, 1, "US") == {`data set "d" is processed at s, outside RU, under yes (P 2): first see to what it asks`}
}

test_sealed if {
	closed := {"class": "itar", "encryption": "end-to-end", "keys": {"custodian": "customer"}}
	denies(closed, 1, "FR") == set()
	obliges(closed, 1, "FR") == {`data set "d" at s is outside US under us (ITAR): keep it encrypted end to end, and its keys from everybody there`}
	count(denies(closed, 1, "RU")) == 1
	count(denies(closed, 2, "RU")) == 1
	count(denies(object.union(closed, {"keys": {"custodian": "provider"}}), 1, "FR")) == 1
	count(denies(object.remove(closed, ["encryption"]), 1, "FR")) == 1
}

test_without if {
	without := object.union(doc(chinese, 1, "US"), {"settings": {"without": ["cn"]}})
	count(localisation.deny) == 0 with input as without with data.topology as topology
}
