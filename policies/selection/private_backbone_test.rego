package selection.private_backbone_test

import data.selection.private_backbone

doc(private, classes) := {
	"component": {"data": [{"name": "d", "class": "Personal"}]},
	"path": {"from": {"id": "a"}, "to": {"id": "b"}, "private": private},
	"settings": {"classes": classes},
}

test_private if count(private_backbone.deny) == 0 with input as doc(true, [])

test_public_denies if {
	private_backbone.deny == {"the path from a to b does not stay on the private backbone; choose other sites, or state the link's `private` if it does"} with input as doc(false, [])
}

test_only_some_classes if {
	count(private_backbone.deny) == 1 with input as doc(false, ["personal"])
	count(private_backbone.deny) == 0 with input as doc(false, ["payment"])
}
