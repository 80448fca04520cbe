package redundancy.relational_test

import data.redundancy.relational

topology := {"services": {
	"rds": {"zones": {"copies": 1}},
	"pair": {"variantOf": "rds", "zones": {"copies": 2, "readable": 0}, "failover": {"seconds": 120}},
	"cluster": {"variantOf": "rds", "zones": {"copies": 3, "readable": 2}, "failover": {"seconds": 35}},
}}

doc(service, component) := {
	"component": object.union({"name": "c", "services": [service], "survive": "zone"}, component),
	"settings": {"databases": ["rds"], "standby": "pair", "cluster": "cluster", "readable": false},
}

test_single_denies if {
	relational.deny == {`rds keeps the database of component "c" in one zone; name pair, or cluster for a faster failover`} with input as doc("rds", {})
		with data.topology as topology
	count(relational.deny) == 0 with input as doc("rds", {"survive": "none"}) with data.topology as topology
}

test_slow_failover_denies if {
	relational.deny == {`pair takes up to 120 seconds to fail over, and component "c" is to be back after 60; name cluster, or raise rtoSeconds`} with input as doc("pair", {"rtoSeconds": 60})
		with data.topology as topology
	count(relational.deny) == 0 with input as doc("pair", {"rtoSeconds": 120}) with data.topology as topology
	count(relational.deny) == 0 with input as doc("cluster", {"rtoSeconds": 10}) with data.topology as topology
}

test_no_reads_deny if {
	relational.deny == {`the standby that pair keeps for component "c" serves no reads; name cluster, or set readable of RED-12 to false`} with input as doc("pair", {})
		with data.topology as topology
		with input.settings.readable as true
	count(relational.deny) == 0 with input as doc("cluster", {}) with data.topology as topology with input.settings.readable as true
}
