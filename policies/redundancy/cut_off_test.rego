package redundancy.cut_off_test

import data.redundancy.cut_off

topology := {"services": {
	"ec2": {"disconnected": {"mode": "continues"}},
	"s3": {"disconnected": {"mode": "limited", "hours": 12}},
	"map": {"disconnected": {"mode": "stops"}},
}}

doc(services, hours) := {
	"component": {"name": "c", "tier": "outpost", "services": services, "disconnectedHours": 4},
	"settings": {"minHours": 12},
	"site": {"id": "rack", "serviceLink": {"disconnectedHours": hours}},
}

test_goes_on if {
	count(cut_off.deny) == 0 with input as doc(["ec2", "s3"], 12) with data.topology as topology
	count(cut_off.warn) == 0 with input as doc(["ec2"], 12) with data.topology as topology
	count(cut_off.obligation) == 0 with input as doc(["ec2"], 12) with data.topology as topology
}

test_outpost_denies if {
	cut_off.deny == {"rack goes on for 8 hours when it is cut off; the setting minHours of RED-14 asks for 12"} with input as doc(["ec2"], 8)
		with data.topology as topology
}

test_service_stops if {
	cut_off.deny == {`map stops when rack is cut off; component "c" must do without it, or run in the region`} with input as doc(["map"], 12)
		with data.topology as topology
}

test_service_goes_on_too_short if {
	cut_off.deny == {"s3 goes on for 12 hours when rack is cut off; the setting minHours of RED-14 asks for 24"} with input as doc(["s3"], 48)
		with data.topology as topology
		with input.settings.minHours as 24
}

test_says_nothing if {
	cut_off.warn == {`component "c" does not say how long it must go on when rack is cut off; set disconnectedHours`} with input as doc(["ec2"], 12)
		with data.topology as topology
		with input.component.disconnectedHours as 0
}

test_limits if {
	cut_off.obligation == {`find out what s3 cannot do while rack is cut off, and that component "c" can do without it`} with input as doc(["s3"], 12)
		with data.topology as topology
}

test_other_tiers if {
	count(cut_off.deny) == 0 with input as doc(["map"], 1) with data.topology as topology with input.component.tier as "region"
}
