package redundancy.domains_test

import data.redundancy.domains

doc(settings, sites) := {
	"component": {"name": "db"},
	"scenario": {"kind": "none"},
	"settings": object.union({"domain": "region", "minDomains": 2, "maxSkew": 1}, settings),
	"placement": {"copies": array.concat([{"component": "db", "site": site} | some site in sites], [{"component": "other", "site": {"id": "o", "region": "o"}}])},
}

zone(id, region, country) := {"id": id, "region": region, "country": country, "partition": "p", "provider": "v"}

test_two_regions if {
	count(domains.deny) == 0 with input as doc({}, [zone("a1", "a", "AA"), zone("b1", "b", "AA")])
}

test_one_region_denies if {
	domains.deny == {`the copies of component "db" are in 1 region; at least 2 are asked for`} with input as doc({}, [zone("a1", "a", "AA"), zone("a2", "a", "AA")])
}

test_more_domains_asked if {
	domains.deny == {`the copies of component "db" are in 2 regions; at least 3 are asked for`} with input as doc({"minDomains": 3}, [zone("a1", "a", "AA"), zone("b1", "b", "AA")])
}

test_skew_denies if {
	sites := [zone("a1", "a", "AA"), zone("a2", "a", "AA"), zone("a3", "a", "AA"), zone("b1", "b", "AA")]
	domains.deny == {`the copies of component "db" are spread unevenly: 3 in one region and 1 in another; at most 1 apart are asked for`} with input as doc({}, sites)
	count(domains.deny) == 0 with input as doc({"maxSkew": 2}, sites)
}

test_other_domains if {
	sites := [zone("a1", "a", "AA"), zone("b1", "b", "AA")]
	count(domains.deny) == 1 with input as doc({"domain": "country"}, sites)
	count(domains.deny) == 1 with input as doc({"domain": "partition"}, sites)
	count(domains.deny) == 1 with input as doc({"domain": "provider"}, sites)
}

test_a_site_of_no_region_is_its_own if {
	count(domains.deny) == 0 with input as doc({}, [{"id": "dc-1"}, {"id": "dc-2"}])
}

test_one_copy_is_not_judged if {
	count(domains.deny) == 0 with input as doc({}, [zone("a1", "a", "AA")])
}

test_scenarios_are_not_judged if {
	failed := object.union(doc({}, [zone("a1", "a", "AA"), zone("a2", "a", "AA")]), {"scenario": {"kind": "zone"}})
	count(domains.deny) == 0 with input as failed
}
