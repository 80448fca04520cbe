package selection.footprint_test

import data.selection.footprint

doc(basis, carbon) := {
	"request": {"carbon": {"basis": basis}},
	"settings": {"maxWueLitresPerKWh": 0.5, "farBelow": 0.5},
	"site": {"id": "r", "carbon": carbon},
}

test_little_water if {
	count(footprint.deny) == 0 with input as doc("location", {"wueLitresPerKWh": 0.5})
}

test_much_water_denies if {
	footprint.deny == {"r takes 0.91 litres of water per kWh; the setting maxWueLitresPerKWh of SEL-10 allows 0.5"} with input as doc("location", {"wueLitresPerKWh": 0.91})
}

test_water_is_not_asked_about if {
	count(footprint.deny) == 0 with input as doc("location", {"wueLitresPerKWh": 9}) with input.settings.maxWueLitresPerKWh as 0
}

test_no_water_figure if {
	count(footprint.deny) == 0 with input as doc("location", {})
}

test_bought_elsewhere_warns if {
	footprint.warn == {"r has 0 g CO2e/kWh by market and its grid 708.2: the difference is what the operator bought elsewhere; set carbon.basis to location to go by the grid"} with input as doc("market", {"marketGramsPerKWh": 0, "gridGramsPerKWh": 708.2})
}

test_much_the_same if {
	count(footprint.warn) == 0 with input as doc("market", {"marketGramsPerKWh": 50, "gridGramsPerKWh": 100})
}

test_by_the_grid if {
	count(footprint.warn) == 0 with input as doc("location", {"marketGramsPerKWh": 0, "gridGramsPerKWh": 100})
}

test_not_warned_of if {
	count(footprint.warn) == 0 with input as doc("market", {"marketGramsPerKWh": 0, "gridGramsPerKWh": 100})
		with input.settings.farBelow as 0
}
