package selection.carbon_test

import data.selection.carbon

doc(basis, site) := {"request": {"carbon": {"maxGramsPerKWh": 300, "basis": basis}}, "site": object.union({"id": "r"}, site)}

test_location_under if {
	count(carbon.deny) == 0 with input as doc("location", {"carbon": {"gridGramsPerKWh": 300}})
}

test_location_over_denies if {
	carbon.deny == {"r has 338.5 g CO2e/kWh by location; the ceiling is 300"} with input as doc("location", {"carbon": {"gridGramsPerKWh": 338.5, "marketGramsPerKWh": 0}})
}

test_market_over_denies if {
	carbon.deny == {"r has 400 g CO2e/kWh by market; the ceiling is 300"} with input as doc("market", {"carbon": {"gridGramsPerKWh": 0, "marketGramsPerKWh": 400}})
}

test_no_ceiling if {
	count(carbon.deny) == 0 with input as {"request": {}, "site": {"id": "r", "carbon": {"gridGramsPerKWh": 900}}}
}

test_no_figure if {
	count(carbon.deny) == 0 with input as doc("location", {})
}
