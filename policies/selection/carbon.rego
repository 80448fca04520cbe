# METADATA
# title: Under the carbon ceiling
# description: |
#   With a ceiling, a copy stands where the electricity has at most so many grams
#   of CO2 equivalent a kilowatt-hour, by the basis the request names: `location`
#   is the grid's average, `market` what the operator's contracts leave.
# custom:
#   id: SEL-06
#   class: selection
#   hook: site
#   severity: low
#   reviewed: 2026-11-23
#   references:
#     - "GHG Protocol Scope 2 Guidance"
package selection.carbon

deny contains message if {
	input.request.carbon.basis == "location"
	ceiling := input.request.carbon.maxGramsPerKWh
	grams := input.site.carbon.gridGramsPerKWh
	grams > ceiling
	message := over(grams, ceiling)
}

deny contains message if {
	input.request.carbon.basis == "market"
	ceiling := input.request.carbon.maxGramsPerKWh
	grams := input.site.carbon.marketGramsPerKWh
	grams > ceiling
	message := over(grams, ceiling)
}

over(grams, ceiling) := sprintf(
	"%s has %v g CO2e/kWh by %s; the ceiling is %v",
	[input.site.id, grams, input.request.carbon.basis, ceiling],
)
