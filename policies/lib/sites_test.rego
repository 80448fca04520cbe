package lib.sites_test

import data.lib.sites

test_country if sites.country == "DE" with input as {"site": {"id": "s", "country": "DE"}}

test_country_absent if sites.country == "a country that is not known" with input as {"site": {"id": "s"}}

test_region_of_a_zone if sites.region == "r" with input as {"site": {"id": "z", "region": "r"}}

test_region_itself if sites.region == "r" with input as {"site": {"id": "r"}}

test_within_bloc if sites.within(["EU"]) with input as {"site": {"jurisdictions": ["DE", "EU"]}}

test_not_within if not sites.within(["EU"]) with input as {"site": {"jurisdictions": ["US"]}}

test_not_within_absent if not sites.within(["EU"]) with input as {"site": {}}

test_small if sites.small with input as {"site": {"kind": "outpost"}}

test_holds if sites.holds("gold") with input as {"site": {"kind": "region", "programmes": ["gold"]}}

test_zone_holds_what_its_region_does if {
	topology := {"sites": {"r": {"programmes": ["gold"]}}}
	zone := {"site": {"kind": "availability-zone", "region": "r", "programmes": []}}
	sites.holds("gold") with input as zone with data.topology as topology
	not sites.holds("silver") with input as zone with data.topology as topology
}
