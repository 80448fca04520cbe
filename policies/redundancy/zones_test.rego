package redundancy.zones_test

import data.redundancy.zones

doc(tier, copies, site) := {"component": {"name": "api", "tier": tier, "copies": {"min": 1, "max": copies}}, "site": site}

test_two_zones if {
	count(zones.deny) == 0 with input as doc("region", 1, {"id": "r", "zoneCount": 2})
}

test_one_zone_denies if {
	zones.deny == {"r has 1 availability zone; at least two are needed"} with input as doc("region", 1, {"id": "r", "zoneCount": 1})
}

test_two_copies_in_zones if {
	count(zones.deny) == 0 with input as doc("availability-zone", 2, {"id": "r-az1"})
}

test_one_copy_in_a_zone_denies if {
	zones.deny == {"component \"api\" is placed in single availability zones and may have one copy only; set copies.max to 2 or more"} with input as doc("availability-zone", 1, {"id": "r-az1"})
}

test_zone_count_does_not_apply if {
	count(zones.deny) == 0 with input as doc("region", 1, {"id": "r"})
}
