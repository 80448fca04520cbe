package sovereignty.programmes_test

import data.sovereignty.programmes

topology := {"programmes": {"hds": {}, "gold": {}}}

doc(held, settings) := {
	"component": {"name": "api", "data": [{"name": "d", "class": "Health"}]},
	"site": {"id": "s", "kind": "region", "programmes": held},
	"settings": object.union({"programmes": [], "classes": {}}, settings),
}

denies(held, settings) := reasons if {
	reasons := programmes.deny with input as doc(held, settings) with data.topology as topology
}

test_nothing_asked if denies([], {}) == set()

test_covered if {
	denies(["hds"], {"classes": {"health": ["hds"]}}) == set()
	programmes.obligation == {`data set "d" of class "Health" needs the programme hds: see that it covers every service used at s, too`} with input as doc(["hds"], {"classes": {"health": ["hds"]}})
		with data.topology as topology
}

test_not_covered if {
	denies(["gold"], {"classes": {"health": ["hds"], "other": ["gold"]}}) == {`data set "d" of class "Health" needs the programme hds, which does not cover s; choose a site that it covers, or add it to the topology with its source if it does`}
	denies(["hds"], {"programmes": ["gold"]}) == {`component "api" needs the programme gold, which does not cover s; choose a site that it covers, or add it to the topology with its source if it does`}
}

test_not_in_the_topology if {
	programmes.warn == {`component "api" needs the programme c5, of which the topology knows nothing; correct the name in the settings of SOV-11, or add it to the topology`} with input as doc([], {"programmes": ["c5", "gold"]})
		with data.topology as topology
}
