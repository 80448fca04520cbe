package sovereignty.edge_test

import data.sovereignty.edge

site(kind, country) := {"id": "s", "kind": kind, "country": country, "jurisdictions": [country]}

doc(where, ratio, roles) := set_to(where, ratio, roles, {"places": {"personal": ["DE", "FR"]}, "uncached": []})

set_to(where, ratio, roles, settings) := {
	"component": {"data": [{"name": "d", "class": "Personal"}], "latency": {"cacheHitRatio": ratio}, "roles": roles},
	"site": where,
	"settings": settings,
}

test_allowed if {
	count(edge.deny) == 0 with input as doc(site("edge-location", "FR"), 0.5, [])
}

test_elsewhere if {
	edge.deny == {`data set "d" of class "Personal": the edge may open and cache it only in DE, FR; s is in US`} with input as doc(site("edge-location", "US"), 0, [])
	count(edge.deny) == 1 with input as doc(site("regional-edge-cache", "US"), 0, [])
}

test_regions_are_another_matter if {
	count(edge.deny) == 0 with input as doc(site("region", "US"), 0, [])
}

test_uncached if {
	settings := {"places": {}, "uncached": ["personal"]}
	edge.deny == {`data set "d" is of class "Personal", which the edge does not cache; s would: set latency.cacheHitRatio to 0 and use no role cache, or place the component in regions`} with input as set_to(site("edge-location", "US"), 0.5, [], settings)
	count(edge.deny) == 1 with input as set_to(site("edge-location", "US"), 0, ["primary", "cache"], settings)
	count(edge.deny) == 0 with input as set_to(site("edge-location", "US"), 0, ["primary"], settings)
	count(edge.deny) == 0 with input as set_to(site("region", "US"), 0.5, [], settings)
}

test_nothing_set if {
	count(edge.deny) == 0 with input as set_to(site("edge-location", "US"), 0.5, [], {"places": {"other": ["DE"]}, "uncached": []})
}
