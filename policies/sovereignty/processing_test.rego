package sovereignty.processing_test

import data.sovereignty.processing

tokyo := {"id": "ap-northeast-1", "country": "JP", "jurisdictions": ["JP"]}

doc(dataset, site) := {"component": {"data": [dataset]}, "site": site}

test_permits if {
	count(processing.deny) == 0 with input as doc({"name": "orders", "processing": ["JP"]}, tokyo)
}

test_denies if {
	processing.deny == {"data set \"orders\" may be processed only in EU; ap-northeast-1 is in JP"} with input as doc(
		{"name": "orders", "processing": ["EU"]},
		tokyo,
	)
}

test_residency_is_another_matter if {
	count(processing.deny) == 0 with input as doc({"name": "orders", "residency": ["EU"]}, tokyo)
}

test_absent_permits if {
	count(processing.deny) == 0 with input as {"component": {}, "site": tokyo}
}

test_absent_country_denies if {
	count(processing.deny) == 1 with input as doc({"name": "orders", "processing": ["EU"]}, {"id": "x"})
}
