package selection.services_test

import data.selection.services

doc(wanted, site) := {"component": {"services": wanted}, "site": site}

test_all_offered if {
	count(services.deny) == 0 with input as doc(["ec2", "s3"], {"id": "r", "offers": {"ec2": true, "s3": true}})
}

test_missing_are_listed_together if {
	services.deny == {"r does not offer ec2, sqs"} with input as doc(["ec2", "s3", "sqs"], {"id": "r", "offers": {"ec2": false, "s3": true, "sqs": false}})
}

test_nothing_wanted if {
	count(services.deny) == 0 with input as doc([], {"id": "r", "offers": {}})
	count(services.deny) == 0 with input as {"component": {}, "site": {"id": "r"}}
}

test_absent_services_deny if {
	services.deny == {"r does not offer ec2"} with input as doc(["ec2"], {"id": "r"})
}
