package sovereignty.residency_test

import data.sovereignty.residency

frankfurt := {"id": "eu-central-1", "country": "DE", "jurisdictions": ["DE", "EU", "EEA"]}

virginia := {"id": "us-east-1", "country": "US", "jurisdictions": ["US"]}

doc(dataset, site) := {"component": {"data": [dataset]}, "site": site}

test_bloc_permits if {
	count(residency.deny) == 0 with input as doc({"name": "customers", "residency": ["EU"]}, frankfurt)
}

test_country_permits if {
	count(residency.deny) == 0 with input as doc({"name": "customers", "residency": ["FR", "DE"]}, frankfurt)
}

test_elsewhere_denies if {
	residency.deny == {"data set \"customers\" may be stored only in EU, CH; us-east-1 is in US"} with input as doc(
		{"name": "customers", "residency": ["EU", "CH"]},
		virginia,
	)
}

test_one_of_two_data_sets_denies if {
	count(residency.deny) == 1 with input as {
		"component": {"data": [{"name": "a", "residency": ["US"]}, {"name": "b", "residency": ["DE"]}]},
		"site": virginia,
	}
}

test_no_residency_permits if {
	count(residency.deny) == 0 with input as doc({"name": "logs"}, virginia)
	count(residency.deny) == 0 with input as doc({"name": "logs", "residency": []}, virginia)
}

test_no_data_permits if {
	count(residency.deny) == 0 with input as {"component": {"data": []}, "site": virginia}
	count(residency.deny) == 0 with input as {"component": {}, "site": virginia}
}

test_absent_country_denies if {
	residency.deny == {"data set \"customers\" may be stored only in EU; x is in a country that is not known"} with input as doc(
		{"name": "customers", "residency": ["EU"]},
		{"id": "x"},
	)
}
