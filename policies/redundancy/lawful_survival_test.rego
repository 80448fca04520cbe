package redundancy.lawful_survival_test

import data.redundancy.lawful_survival

doc(kind, datasets, sites) := {
	"component": {"name": "db", "survive": "region", "quorum": "none", "data": datasets},
	"scenario": {"kind": kind},
	"settings": {"kinds": ["zone", "region", "partition", "provider"]},
	"placement": {"voters": {"db": 2}, "copies": [{"component": "db", "role": "replica", "site": {"jurisdictions": places}} | some places in sites]},
}

customers := {"name": "customers", "residency": ["EU"]}

test_one_inside_is_left if count(lawful_survival.deny) == 0 with input as doc("region", [customers], [["DE", "EU"], ["GB"]])

test_only_outside_is_left if {
	lawful_survival.deny == {`component "db" is left with copies only where customers may not be; choose a site in EU that is not lost at the same time`} with input as doc("region", [customers], [["GB"]])
}

test_each_data_set_counts if {
	orders := {"name": "orders", "processing": ["DE"]}
	count(lawful_survival.deny) == 0 with input as doc("zone", [customers, orders], [["DE", "EU"]])
	count(lawful_survival.deny) == 1 with input as doc("zone", [customers, orders], [["FR", "EU"]])
}

test_beyond_what_is_to_survive if count(lawful_survival.deny) == 0 with input as doc("provider", [customers], [["GB"]])

test_nothing_left_is_another_matter if count(lawful_survival.deny) == 0 with input as doc("region", [customers], [])

test_nothing_restricted if count(lawful_survival.deny) == 0 with input as doc("region", [{"name": "logs"}], [["GB"]])

test_asks_to_survive_nothing if {
	count(lawful_survival.deny) == 0 with input as object.union(doc("region", [customers], [["GB"]]), {"component": {"survive": "none"}})
}
