package redundancy.wavelength_test

import data.redundancy.wavelength

copy(component, kind, id) := {"component": component, "site": {"kind": kind, "id": id}}

doc(component, copies) := {
	"component": object.union({"name": "game", "tier": "wavelength-zone", "data": [{"name": "d"}], "dependsOn": []}, component),
	"scenario": {"kind": "none"},
	"settings": {"throughRegion": false},
	"placement": {"copies": copies},
}

two := [copy("game", "wavelength-zone", "wl1"), copy("game", "wavelength-zone", "wl2")]

said := {`wl1 of component "game" and wl2 of component "game" are in two Wavelength Zones, between which nothing passes; lead the traffic through the region and set throughRegion of RED-15, or place one of them in the region`}

test_two_that_keep_in_step if wavelength.deny == said with input as doc({}, two)

test_arranged if {
	count(wavelength.deny) == 0 with input as object.union(doc({}, two), {"settings": {"throughRegion": true}})
}

test_no_data_no_talk if count(wavelength.deny) == 0 with input as doc({"data": []}, two)

test_one_of_them_elsewhere if {
	count(wavelength.deny) == 0 with input as doc({}, [copy("game", "wavelength-zone", "wl1"), copy("game", "region", "r")])
}

test_calls if {
	calling := doc({"data": [], "dependsOn": [{"component": "match"}]}, [copy("game", "wavelength-zone", "wl1"), copy("match", "wavelength-zone", "wl2")])
	count(wavelength.deny) == 1 with input as calling
	near := object.union(calling, {"placement": {"copies": array.concat(calling.placement.copies, [copy("match", "region", "r")])}})
	count(wavelength.deny) == 0 with input as near
	count(wavelength.deny) == 0 with input as object.union(calling, {"component": {"dependsOn": [{"component": "other"}]}})
}
