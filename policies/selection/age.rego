# METADATA
# title: Facts that decide are not too old
# description: |
#   Where carbon counts, by a ceiling or as an objective, its figures speak of a year at
#   most `maxAgeYears` before that of the decision time. Where prices count, their
#   source is at most `maxAgeDays.price` days old, and what is known of the site itself
#   `maxAgeDays.site`. A number that is 0 or left out asks for nothing.
# custom:
#   id: SEL-07
#   class: selection
#   hook: site
#   severity: low
#   reviewed: 2026-11-24
#   enforcement: warn
#   references:
#     - "GHG Protocol Scope 2 Guidance, quality criteria: emission factors of the period that is reported"
#   settings:
#     maxAgeYears: 4
#     maxAgeDays: {price: 730, site: 0}
#   settingsSchema:
#     maxAgeYears:
#       description: How many years the figures of carbon may lie back.
#       type: integer
#       minimum: 0
#     maxAgeDays:
#       description: How many days the sources of prices, and of the site itself, may lie back.
#       type: object
#       properties:
#         price: {type: integer, minimum: 0}
#         site: {type: integer, minimum: 0}
#       additionalProperties: false
package selection.age

import data.lib.dates

deny contains message if {
	input.settings.maxAgeYears > 0
	counts("carbon")
	oldest := dates.year - input.settings.maxAgeYears
	input.site.asOf.carbonYear < oldest
	message := sprintf(
		"the carbon figures of %s are of %v, more than %v years back: look for newer ones, or raise the setting maxAgeYears of SEL-07",
		[input.site.id, input.site.asOf.carbonYear, input.settings.maxAgeYears],
	)
}

deny contains message if {
	input.settings.maxAgeDays.price > 0
	counts("cost")
	input.site.asOf.price < dates.ago(input.settings.maxAgeDays.price)
	message := sprintf(
		"the price index of %s is of %s, more than %v days back: look for a newer one, or raise the setting maxAgeDays of SEL-07",
		[input.site.id, input.site.asOf.price, input.settings.maxAgeDays.price],
	)
}

deny contains message if {
	input.settings.maxAgeDays.site > 0
	input.site.asOf.site < dates.ago(input.settings.maxAgeDays.site)
	message := sprintf(
		"what is known of %s is of %s, more than %v days back: look for newer facts, or raise the setting maxAgeDays of SEL-07",
		[input.site.id, input.site.asOf.site, input.settings.maxAgeDays.site],
	)
}

# counts holds if something is limited, or part of what placements are ranked by.
counts("carbon") if input.request.carbon.maxGramsPerKWh

counts("cost") if input.request.cost.maxIndex

counts(name) if {
	is_array(input.request.objective)
	name in input.request.objective
}

counts(name) if {
	is_object(input.request.objective)
	input.request.objective[name] > 0
}
