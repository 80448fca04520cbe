package selection.age_test

import data.selection.age

doc(request, as_of) := {
	"request": object.union({"at": "2026-11-01T00:00:00Z", "objective": ["latency"]}, request),
	"settings": {"maxAgeYears": 2, "maxAgeDays": {"price": 365, "site": 0}},
	"site": {"id": "r", "asOf": as_of},
}

ceiling := {"carbon": {"maxGramsPerKWh": 100}}

test_recent if {
	count(age.deny) == 0 with input as doc(object.union(ceiling, {"cost": {"maxIndex": 1}}), {"carbonYear": 2024, "price": "2025-11-01"})
}

test_old_carbon_denies if {
	age.deny == {"the carbon figures of r are of 2023, more than 2 years back: look for newer ones, or raise the setting maxAgeYears of SEL-07"} with input as doc(ceiling, {"carbonYear": 2023})
}

test_old_price_denies if {
	age.deny == {"the price index of r is of 2025-10-31, more than 365 days back: look for a newer one, or raise the setting maxAgeDays of SEL-07"} with input as doc({"cost": {"maxIndex": 1}}, {"price": "2025-10-31"})
}

test_objectives_count if {
	count(age.deny) == 2 with input as doc({"objective": ["carbon", "cost"]}, {"carbonYear": 2020, "price": "2020-01-01"})
	count(age.deny) == 2 with input as doc({"objective": {"carbon": 0.5, "cost": 0.5}}, {"carbonYear": 2020, "price": "2020-01-01"})
}

test_what_decides_nothing_may_be_old if {
	count(age.deny) == 0 with input as doc({}, {"carbonYear": 1990, "price": "1990-01-01", "site": "1990-01-01"})
	count(age.deny) == 0 with input as doc({"carbon": {"basis": "market"}, "objective": {"carbon": 0}}, {"carbonYear": 1990})
}

test_old_site_denies if {
	age.deny == {"what is known of r is of 2026-09-01, more than 60 days back: look for newer facts, or raise the setting maxAgeDays of SEL-07"} with input as doc({}, {"site": "2026-09-01"})
		with input.settings.maxAgeDays as {"site": 60}
}

test_not_asked if {
	count(age.deny) == 0 with input as doc(ceiling, {"carbonYear": 1990}) with input.settings.maxAgeYears as 0
	count(age.deny) == 0 with input as doc({"cost": {"maxIndex": 1}}, {"price": "1990-01-01"}) with input.settings.maxAgeDays as {}
}
