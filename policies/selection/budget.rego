# METADATA
# title: Within the budget
# description: |
#   With a ceiling on prices, a copy stands where the price index is at most that much;
#   the index of us-east-1 is 1. With `maxInternetUSDPerGB`, a copy that users reach
#   stands where traffic that leaves for the internet costs at most so much. What
#   traffic between components comes to hangs on where all of them are: SEL-12 judges
#   it, with the whole budget, where it is switched on.
# custom:
#   id: SEL-05
#   class: selection
#   hook: site
#   severity: low
#   reviewed: 2026-11-24
#   references:
#     - "AWS Well-Architected Framework, Cost Optimization Pillar, COST07-BP02: choose Regions based on cost"
#   settings:
#     maxInternetUSDPerGB: 0
#   settingsSchema:
#     maxInternetUSDPerGB:
#       description: The most that a gigabyte to the internet may cost in US dollars, where users reach the component; 0 asks for nothing.
#       type: number
#       minimum: 0
package selection.budget

deny contains message if {
	ceiling := input.request.cost.maxIndex
	input.site.price.index > ceiling
	message := sprintf(
		"%s has the price index %v; the ceiling is %v",
		[input.site.id, input.site.price.index, ceiling],
	)
}

deny contains message if {
	ceiling := input.settings.maxInternetUSDPerGB
	ceiling > 0
	input.component.userFacing
	input.site.egress.internetUSDPerGB > ceiling
	message := sprintf(
		"a gigabyte from %s to the internet costs %v USD; the setting maxInternetUSDPerGB of SEL-05 allows %v",
		[input.site.id, input.site.egress.internetUSDPerGB, ceiling],
	)
}
