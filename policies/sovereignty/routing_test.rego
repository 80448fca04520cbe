package sovereignty.routing_test

import data.sovereignty.routing

topology := {
	"sites": {"us-east-1": {"jurisdictions": ["US"]}},
	"services": {
		"s3": {"scope": "regional"},
		"iam": {"scope": "global", "controlPlane": "us-east-1"},
		"llm": {"scope": "regional", "controlPlane": "local"},
		"dns": {"scope": "edge"},
	},
}

denies(services, processing, region) := reasons if {
	reasons := routing.deny with input as {
		"component": {"services": services, "data": [{"name": "d", "class": "Secret", "processing": processing}, {"name": "e", "class": "plain"}]},
		"site": {"id": "s", "region": region},
		"settings": {"classes": ["secret"], "allowedServices": ["cdn"], "routed": ["llm"]},
	}
		with data.topology as topology
}

test_permits if {
	denies(["s3", "cdn"], ["DE"], "eu-central-1") == set()
	denies(["iam"], ["DE"], "us-east-1") == set()
	denies(["iam"], ["DE", "US"], "eu-central-1") == set()
}

test_control_plane_elsewhere if {
	denies(["iam"], ["DE"], "eu-central-1") == {`data set "d": iam is not a service of one region, and its control plane is not in that of s; do without it, or list it in the setting allowedServices of SOV-25`}
}

test_no_control_plane if {
	denies(["dns"], ["DE"], "eu-central-1") == {`data set "d": dns is not a service of one region, and where its control plane is does not apply; do without it, or list it in the setting allowedServices of SOV-25`}
}

test_routed if {
	denies(["llm"], ["DE"], "eu-central-1") == {`data set "d": llm may serve calls from another region; keep it to the region and list it in the setting allowedServices of SOV-25, or do without it`}
}

test_no_classes if {
	count(routing.deny) == 0 with input as {"component": {"services": ["iam"], "data": [{"name": "d", "class": "x"}]}, "site": {"id": "s"}, "settings": {"classes": []}}
}
