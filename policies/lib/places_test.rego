package lib.places_test

import data.lib.places

topology := {"jurisdictions": {"EU": {"kind": "bloc", "members": ["DE", "IE"]}, "DE": {"members": []}, "US": {"members": []}}}

test_same if places.overlap("DE", "DE") with data.topology as topology

test_member if places.overlap("DE", "EU") with data.topology as topology

test_bloc if places.overlap("EU", "DE") with data.topology as topology

test_apart if not places.overlap("EU", "US") with data.topology as topology

test_inside if {
	places.inside("US", ["US", "EU"]) with data.topology as topology
	places.inside("IE", ["US", "EU"]) with data.topology as topology
	not places.inside("EU", ["US", "DE"]) with data.topology as topology
}

test_misnamed if places.misnamed(["US", "USA"]) == {"USA"} with data.topology as topology

test_meeting if {
	places.meeting("EU") == {"EU", "DE", "IE"} with data.topology as topology
	places.meeting("DE") == {"EU", "DE"} with data.topology as topology
}
