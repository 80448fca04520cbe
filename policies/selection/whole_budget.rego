# METADATA
# title: The whole within the budget, traffic included
# description: |
#   The objective `cost` of a placement, which is its price index times units over all
#   copies, and the price of the traffic between components (`dependsOn`,
#   `trafficGB`), is at most `maxCost`. A dollar of traffic counts as one of the price
#   index. It can be known only where cost is among the objectives.
# custom:
#   id: SEL-12
#   class: selection
#   hook: placement
#   severity: low
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Well-Architected Framework, Cost Optimization Pillar, COST08: plan for data transfer charges"
#   settings:
#     maxCost: 0
#   settingsSchema:
#     maxCost:
#       description: The most that the objective cost may come to; 0 asks for nothing.
#       type: number
#       minimum: 0
package selection.whole_budget

deny contains message if {
	asked
	input.placement.objective.cost > input.settings.maxCost
	message := sprintf(
		"the placement costs %v; the setting maxCost of SEL-12 allows %v: choose nearer or cheaper sites for what exchanges much, or raise it",
		[input.placement.objective.cost, input.settings.maxCost],
	)
}

deny contains message if {
	asked
	not ranked
	message := "what the placement costs is not worked out, so the setting maxCost of SEL-12 cannot be kept; add cost to the request's objective"
}

# asked holds once for a placement: every component is asked about it.
asked if {
	input.settings.maxCost > 0
	input.scenario.kind == "none"
	input.component.name == input.request.components[0].name
}

ranked if "cost" in input.request.objective

ranked if input.request.objective.cost
