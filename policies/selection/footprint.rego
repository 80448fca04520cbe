# METADATA
# title: Water, and what a green figure means
# description: |
#   With `maxWueLitresPerKWh`, a copy stands where a kilowatt-hour of computing takes at
#   most so many litres of water. Where the request counts carbon by market, a site of
#   which the operator's contracts leave less than the share `farBelow` of what the grid
#   emits is warned of: the figure says what energy was bought, and the grid there emits
#   as it did.
# custom:
#   id: SEL-10
#   class: selection
#   hook: site
#   severity: low
#   reviewed: 2026-11-24
#   references:
#     - "GHG Protocol Scope 2 Guidance, location-based and market-based methods"
#     - "AWS Sustainability, water usage effectiveness"
#   settings:
#     maxWueLitresPerKWh: 0
#     farBelow: 0.5
#   settingsSchema:
#     maxWueLitresPerKWh:
#       description: The most litres of water that a kilowatt-hour may take; 0 asks for nothing.
#       type: number
#       minimum: 0
#     farBelow:
#       description: The share of the grid's figure below which a market figure is warned of; 0 warns of none.
#       type: number
#       minimum: 0
#       maximum: 1
package selection.footprint

deny contains message if {
	ceiling := input.settings.maxWueLitresPerKWh
	ceiling > 0
	input.site.carbon.wueLitresPerKWh > ceiling
	message := sprintf(
		"%s takes %v litres of water per kWh; the setting maxWueLitresPerKWh of SEL-10 allows %v",
		[input.site.id, input.site.carbon.wueLitresPerKWh, ceiling],
	)
}

warn contains message if {
	input.request.carbon.basis == "market"
	input.settings.farBelow > 0
	input.site.carbon.marketGramsPerKWh < input.site.carbon.gridGramsPerKWh * input.settings.farBelow
	message := sprintf(
		"%s has %v g CO2e/kWh by market and its grid %v: the difference is what the operator bought elsewhere; set carbon.basis to location to go by the grid",
		[input.site.id, input.site.carbon.marketGramsPerKWh, input.site.carbon.gridGramsPerKWh],
	)
}
