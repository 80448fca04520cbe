package lib.dates_test

import data.lib.dates

at(t) := {"request": {"at": t}}

test_no_end if dates.in_force({}) with input as at("2026-11-23T00:00:00Z")

test_before_the_end if dates.in_force({"until": "2027-01-01"}) with input as at("2026-12-31T23:59:59Z")

test_the_day_itself_is_out if not dates.in_force({"until": "2027-01-01"}) with input as at("2027-01-01T00:00:00Z")

test_far_ends_are_no_trouble if dates.in_force({"until": "9999-12-31"}) with input as at("2026-11-23T00:00:00Z")

test_begins_on_the_day if dates.in_force({"since": "2026-11-23"}) with input as at("2026-11-23T00:00:00Z")

test_has_not_begun if not dates.in_force({"since": "2026-11-24"}) with input as at("2026-11-23T23:59:59Z")

test_today if dates.today == "2026-11-23" with input as at("2026-11-23T23:59:59.5Z")

test_ago if {
	dates.ago(0) == "2026-03-01" with input as at("2026-03-01T00:00:00Z")
	dates.ago(1) == "2026-02-28" with input as at("2026-03-01T23:59:59Z")
	dates.ago(365) == "2025-03-01" with input as at("2026-03-01T00:00:00Z")
}

test_year if dates.year == 2026 with input as at("2026-03-01T00:00:00Z")
