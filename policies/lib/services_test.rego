package lib.services_test

import data.lib.services

topology := {"services": {"s3": {}, "s3-one-zone": {"variantOf": "s3"}, "ec2": {}}}

test_of if {
	services.of(["s3"]) == {"s3", "s3-one-zone"} with input.component.services as ["ec2", "s3", "s3-one-zone"]
		with data.topology as topology
}

test_beyond if {
	services.beyond_zone with input.component.survive as "zone"
	not services.beyond_zone with input.component.survive as "none"
	services.beyond_region with input.component.survive as "provider"
	not services.beyond_region with input.component.survive as "zone"
}
