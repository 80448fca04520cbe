package sovereignty.parent_test

import data.sovereignty.parent

topology := {
	"jurisdictions": {"US": {"members": []}},
	"sites": {
		"us-east-1": {"id": "us-east-1", "jurisdictions": ["US"], "control": ["US"]},
		"mx-central-1": {"id": "mx-central-1", "jurisdictions": ["MX"], "control": ["MX"]},
	},
}

zone(region) := {"id": "z", "kind": "local-zone", "region": region, "jurisdictions": ["MX"]}

doc(dataset, where, control) := {
	"component": {"services": ["ec2", "s3"], "data": [object.union({"name": "d"}, dataset)]},
	"site": where,
	"settings": {"control": control},
}

denies(dataset, where, control) := reasons if {
	reasons := parent.deny with input as doc(dataset, where, control) with data.topology as topology
}

test_region_is_fit if {
	denies({"processing": ["MX"]}, zone("mx-central-1"), ["US"]) == set()
	denies({}, zone("us-east-1"), []) == set()
}

test_region_elsewhere if {
	denies({"processing": ["MX"], "residency": ["US"]}, zone("us-east-1"), []) == {`data set "d" is limited to MX; z is run from us-east-1, which is not in any of these; choose a zone of another region, or leave the site out`}
	count(denies({"residency": ["MX"]}, zone("us-east-1"), [])) == 1
}

test_operator if {
	denies({}, zone("us-east-1"), ["US"]) == {"z is run from us-east-1, whose operator the law of US reaches; leave the site out"}
}

test_served_by_the_region if {
	served := object.union(zone("us-east-1"), {"parentServices": {"s3": 3}})
	denies({"processing": ["MX"]}, served, ["US"]) == set()
}

test_regions_are_another_matter if {
	denies({"processing": ["MX"]}, {"id": "r", "kind": "region", "region": "us-east-1"}, ["US"]) == set()
}
