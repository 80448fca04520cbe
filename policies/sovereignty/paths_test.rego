package sovereignty.paths_test

import data.sovereignty.paths

doc(dataset, countries, settings) := {
	"component": {"data": [dataset]},
	"path": {"from": {"id": "a"}, "to": {"id": "b"}, "jurisdictions": countries},
	"settings": object.union({"encryptedMayPass": true, "never": []}, settings),
}

topology := {"jurisdictions": {"EU": {"members": ["DE", "FR"]}, "GB": {"members": []}}}

customers := {"name": "customers", "residency": ["EU"], "processing": ["CH"]}

test_inside if count(paths.deny) == 0 with input as doc(customers, ["DE", "FR", "CH"], {}) with data.topology as topology

test_outside_denies if {
	paths.deny == {`data set "customers" may be only in CH, EU, and the path from a to b crosses GB`} with input as doc(customers, ["DE", "GB"], {}) with data.topology as topology
}

test_encrypted_may_pass if {
	sealed := object.union(customers, {"encryption": "end-to-end"})
	count(paths.deny) == 0 with input as doc(sealed, ["GB"], {}) with data.topology as topology
	paths.obligation == {`data set "customers" crosses GB on the path from a to b: keep it encrypted end to end, with keys that are held elsewhere`} with input as doc(sealed, ["GB"], {}) with data.topology as topology
	count(paths.deny) == 1 with input as doc(sealed, ["GB"], {"never": ["GB"]}) with data.topology as topology
	count(paths.deny) == 1 with input as doc(sealed, ["GB"], {"encryptedMayPass": false}) with data.topology as topology
	count(paths.obligation) == 0 with input as doc(sealed, ["DE"], {}) with data.topology as topology
}

test_unrestricted if count(paths.deny) == 0 with input as doc({"name": "logs"}, ["GB"], {}) with data.topology as topology
