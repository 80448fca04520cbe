package lib.sites_test

import data.lib.sites

test_country if sites.country == "DE" with input as {"site": {"id": "s", "country": "DE"}}

test_country_absent if sites.country == "a country that is not known" with input as {"site": {"id": "s"}}

test_region_of_a_zone if sites.region == "r" with input as {"site": {"id": "z", "region": "r"}}

test_region_itself if sites.region == "r" with input as {"site": {"id": "r"}}

test_within_bloc if sites.within(["EU"]) with input as {"site": {"jurisdictions": ["DE", "EU"]}}

test_not_within if not sites.within(["EU"]) with input as {"site": {"jurisdictions": ["US"]}}

test_not_within_absent if not sites.within(["EU"]) with input as {"site": {}}
