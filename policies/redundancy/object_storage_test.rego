package redundancy.object_storage_test

import data.redundancy.object_storage

topology := {"services": {
	"s3": {"zones": {"copies": 3}, "crossRegion": {"mode": "none"}},
	"s3-one-zone": {"variantOf": "s3", "zones": {"copies": 1}, "crossRegion": {"mode": "none"}},
	"s3-replication": {"variantOf": "s3", "zones": {"copies": 3}, "crossRegion": {"mode": "asynchronous"}},
	"s3-rtc": {"variantOf": "s3", "zones": {"copies": 3}, "crossRegion": {"mode": "asynchronous", "rpoSeconds": 900}},
}}

doc(services, component) := {
	"component": object.union({"name": "c", "services": services}, component),
	"settings": {"stores": ["s3"], "inZones": "s3", "elsewhere": "s3-replication", "inTime": "s3-rtc"},
}

test_nothing_to_survive if {
	count(object_storage.deny) == 0 with input as doc(["s3-one-zone"], {"survive": "none"}) with data.topology as topology
}

test_one_zone_denies if {
	object_storage.deny == {`s3-one-zone keeps the objects of component "c" in one zone, and they are lost with it; name s3, or set survive to none`} with input as doc(["s3-one-zone"], {"survive": "zone"})
		with data.topology as topology
}

test_three_zones if {
	count(object_storage.deny) == 0 with input as doc(["s3"], {"survive": "zone"}) with data.topology as topology
}

test_one_region_denies if {
	object_storage.deny == {`s3 keeps the objects of component "c" in one region; name s3-replication, or s3-rtc where rpoSeconds must hold`} with input as doc(["s3"], {"survive": "region"})
		with data.topology as topology
}

test_replicated if {
	count(object_storage.deny) == 0 with input as doc(["s3", "s3-replication"], {"survive": "region"}) with data.topology as topology
	object_storage.obligation == {`copy the objects of component "c" that are there before s3-replication is set up: only later writes are replicated`} with input as doc(["s3-replication"], {"survive": "region"})
		with data.topology as topology
}

test_too_late_denies if {
	object_storage.deny == {`s3-rtc may lose 900 seconds of objects with a region, and component "c" asks for 60; name s3-rtc if that is in time, write to both regions, or raise rpoSeconds`} with input as doc(["s3-rtc"], {"survive": "region", "rpoSeconds": 60})
		with data.topology as topology
	count(object_storage.deny) == 0 with input as doc(["s3-rtc"], {"survive": "region", "rpoSeconds": 900}) with data.topology as topology
}
