package redundancy.tables_test

import data.redundancy.tables

topology := {"services": {
	"t": {"crossRegion": {"mode": "none"}},
	"t-later": {"variantOf": "t", "crossRegion": {"mode": "asynchronous"}},
	"t-once": {"variantOf": "t", "crossRegion": {"mode": "synchronous"}},
}}

doc(service, component) := {
	"component": object.union({"name": "c", "services": [service], "copies": {"max": 3}}, component),
	"settings": {"tables": ["t"], "later": "t-later", "atOnce": "t-once", "regions": 3},
}

test_one_region_denies if {
	tables.deny == {`t keeps the tables of component "c" in one region; name t-later, or t-once if no write may be lost`} with input as doc("t", {"survive": "region"})
		with data.topology as topology
	count(tables.deny) == 0 with input as doc("t", {"survive": "zone"}) with data.topology as topology
}

test_no_write_may_be_lost_denies if {
	tables.deny == {`t-later may lose writes of component "c" with a region, and its rpoSeconds is 0; name t-once, or raise rpoSeconds`} with input as doc("t-later", {"survive": "region", "rpoSeconds": 0})
		with data.topology as topology
	count(tables.deny) == 0 with input as doc("t-later", {"survive": "region", "rpoSeconds": 5}) with data.topology as topology
	count(tables.deny) == 0 with input as doc("t-once", {"survive": "region", "rpoSeconds": 0}) with data.topology as topology
}

test_two_regions_deny if {
	tables.deny == {`t-once stands in 3 regions, and component "c" has at most 2 copies; raise copies.max, one of them may have the role witness`} with input as doc("t-once", {"copies": {"max": 2}})
		with data.topology as topology
}

test_last_write_wins if {
	tables.warn == {`copies of component "c" write to t-later in several regions, where the last write wins: let each item be written in one region, or name t-once`} with input as doc("t-later", {"roles": ["primary", "primary"]})
		with data.topology as topology
	count(tables.warn) == 0 with input as doc("t-later", {"roles": ["primary", "replica"]}) with data.topology as topology
	count(tables.warn) == 0 with input as doc("t-once", {"roles": ["primary", "primary"]}) with data.topology as topology
}
