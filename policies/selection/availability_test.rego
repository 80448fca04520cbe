package selection.availability_test

import data.selection.availability

doc(site) := {
	"site": object.union({"id": "r", "partition": "aws", "status": "available", "optIn": false}, site),
	"settings": {"optedIn": ["me-south-1"], "optInPartitions": ["aws"]},
}

test_available if {
	count(availability.deny) == 0 with input as doc({})
	count(availability.warn) == 0 with input as doc({})
}

test_restricted_warns if {
	count(availability.deny) == 0 with input as doc({"status": "restricted"})
	availability.warn == {"r is restricted: make sure that the account may use it"} with input as doc({"status": "restricted"})
}

test_other_status_denies if {
	availability.deny == {"r is not open for use: its status is announced"} with input as doc({"status": "announced"})
}

test_absent_status_denies if {
	availability.deny == {"r is not open for use: its status is not given"} with input as object.remove(doc({}), ["site"])
		with input.site as {"id": "r", "partition": "aws", "optIn": false}
}

test_opt_in_denies if {
	availability.deny == {"r must be opted into first: enable it for the account, then list r in the setting optedIn of SEL-09"} with input as doc({"optIn": true})
}

test_opted_in if {
	count(availability.deny) == 0 with input as doc({"id": "me-south-1", "optIn": true})
}

test_zone_of_an_opted_in_region if {
	count(availability.deny) == 0 with input as doc({"id": "mes1-az1", "region": "me-south-1", "optIn": true})
}

test_other_partition if {
	count(availability.deny) == 0 with input as doc({"partition": "aws-cn", "optIn": true})
}

doc_at(at) := object.union(doc({"launched": "2020-05-01"}), {"request": {"at": at}})

test_not_open_yet if {
	availability.deny == {"r opened on 2020-05-01, after the decision time"} with input as doc_at("2019-12-31T00:00:00Z")
		with data.topology as {"asOf": "2026-11-23"}
	count(availability.deny) == 0 with input as doc_at("2020-05-01T00:00:00Z") with data.topology as {"asOf": "2026-11-23"}
}

test_launch_is_not_asked_about_today if {
	doc_today := object.union(doc({"launched": "2027-01-01"}), {"request": {"at": "2026-11-23T00:00:00Z"}})
	count(availability.deny) == 0 with input as doc_today with data.topology as {"asOf": "2026-11-23"}
}

zone(site) := object.union(doc(object.union({"id": "r-lax", "kind": "local-zone", "region": "r", "optIn": true}, site)), {"request": {"sites": {"include": ["r-known"]}}})

test_zone_group_is_to_be_enabled if {
	count(availability.deny) == 0 with input as zone({})
	availability.obligation == {"enable the zone group of r-lax for the account, then list r-lax in the setting optedIn of SEL-09"} with input as zone({})
}

test_zone_group_is_enabled if {
	count(availability.obligation) == 0 with input as zone({"id": "me-south-1"})
}

test_doubtful_denies if {
	availability.deny == {"r-lax is not open for use: its status is doubtful"} with input as zone({"status": "doubtful"})
}

test_doubtful_by_id if {
	count(availability.deny) == 0 with input as zone({"id": "r-known", "status": "doubtful"})
	count(availability.warn) == 1 with input as zone({"id": "r-known", "status": "doubtful"})
}

test_zone_of_a_region_to_opt_into if {
	availability.deny == {"the region of r-lax must be opted into first: enable it for the account, then list r in the setting optedIn of SEL-09"} with input as zone({"regionOptIn": true})
	count(availability.deny) == 0 with input as zone({"regionOptIn": false})
	count(availability.deny) == 0 with input as zone({"regionOptIn": true, "region": "me-south-1"})
}

test_outpost_of_a_region_to_opt_into if {
	availability.deny == {"the region of r-lax must be opted into first: enable it for the account, then list r in the setting optedIn of SEL-09"} with input as zone({"kind": "outpost", "regionOptIn": true})
	count(availability.obligation) == 0 with input as zone({"kind": "outpost", "regionOptIn": false})
}
