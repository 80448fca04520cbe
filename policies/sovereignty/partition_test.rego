package sovereignty.partition_test

import data.sovereignty.partition

topology := {"partitions": ["aws", "aws-cn"], "sites": {
	"cn-north-1": {"id": "cn-north-1", "partition": "aws-cn"},
	"eu-west-1": {"id": "eu-west-1", "partition": "aws"},
}}

doc(partitions, where) := {
	"request": {"partitions": partitions},
	"component": {"name": "api", "copies": {"min": 1, "max": 1}, "data": []},
	"site": where,
	"settings": {"default": "aws"},
}

test_named if {
	count(partition.deny) == 0 with input as doc(["aws-cn"], topology.sites["cn-north-1"])
		with data.topology as topology
}

test_not_named_denies if {
	partition.deny == {"eu-west-1 is in partition aws; the request allows aws-cn, aws-us-gov"} with input as doc(
		["aws-cn", "aws-us-gov"],
		topology.sites["eu-west-1"],
	)
		with data.topology as topology
}

test_none_named_means_the_default if {
	count(partition.deny) == 0 with input as doc([], topology.sites["eu-west-1"]) with data.topology as topology
	partition.deny == {"cn-north-1 is in partition aws-cn, and the request names no partitions; name aws-cn under spec.partitions if that is meant"} with input as doc([], topology.sites["cn-north-1"])
		with data.topology as topology
}

test_absent_means_none_named if {
	count(partition.deny) == 1 with input as object.remove(doc([], topology.sites["cn-north-1"]), ["request"])
		with data.topology as topology
}

test_default_is_not_in_the_topology if {
	where := {"id": "dc-1", "partition": "own"}
	count(partition.deny) == 0 with input as doc([], where) with data.topology as {"sites": {"dc-1": where}}
}

test_several_named_warn_about_copies if {
	several := doc(["aws", "aws-cn"], topology.sites["eu-west-1"])
	partition.warn == {"component \"api\" may be placed in several partitions (aws, aws-cn); data does not replicate across them by itself"} with input as object.union(several, {"component": {"copies": {"max": 2}}})
	count(partition.warn) == 1 with input as object.union(several, {"component": {"data": [{"name": "d"}]}})
	count(partition.warn) == 0 with input as several
}

test_one_named_does_not_warn if {
	one := doc(["aws"], topology.sites["eu-west-1"])
	count(partition.warn) == 0 with input as object.union(one, {"component": {"copies": {"max": 3}}})
}
