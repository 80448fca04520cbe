package selection.budget_test

import data.selection.budget

doc(ceiling, index) := {
	"request": {"cost": {"maxIndex": ceiling}},
	"component": {"userFacing": true},
	"settings": {"maxInternetUSDPerGB": 0},
	"site": {"id": "r", "price": {"index": index}, "egress": {"internetUSDPerGB": 0.154}},
}

test_at_the_ceiling if {
	count(budget.deny) == 0 with input as doc(1.3, 1.3)
}

test_above_the_ceiling_denies if {
	budget.deny == {"r has the price index 1.375; the ceiling is 1.3"} with input as doc(1.3, 1.375)
}

test_no_ceiling if {
	count(budget.deny) == 0 with input as object.union(doc(1, 2), {"request": {"cost": 0}})
	count(budget.deny) == 0 with input as object.remove(doc(1, 2), ["request"])
}

test_internet_denies if {
	budget.deny == {"a gigabyte from r to the internet costs 0.154 USD; the setting maxInternetUSDPerGB of SEL-05 allows 0.1"} with input as doc(2, 1)
		with input.settings.maxInternetUSDPerGB as 0.1
}

test_internet_within if {
	count(budget.deny) == 0 with input as doc(2, 1) with input.settings.maxInternetUSDPerGB as 0.2
}

test_internet_without_users if {
	count(budget.deny) == 0 with input as doc(2, 1)
		with input.settings.maxInternetUSDPerGB as 0.1
		with input.component.userFacing as false
}

# A fact that is unknown is absent here; what the engines make of that is for the conformance cases.
test_no_price if {
	count(budget.deny) == 0 with input as object.remove(doc(1, 2), ["site"]) with input.site as {"id": "r"}
}
