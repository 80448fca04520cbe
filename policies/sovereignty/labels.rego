# METADATA
# title: Sovereignty labels are met
# description: |
#   Data is given a label level after Gaia-X, by the setting `levels` for its class
#   or by `level` for all data. Level 1 asks for nothing of a site. Level 2 wants
#   the operator to have sites in the `area`, so that staying there is an option,
#   and warns of a site outside. Level 3 wants the site in the area and nobody
#   outside it to have a law that reaches the operator. What reaches an operator is
#   unknown where the topology does not say that it lists all of it. Whether an
#   operator has a label is not in the topology: that is an obligation. Not legal
#   advice.
# custom:
#   id: SOV-09
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-24
#   references:
#     - "Gaia-X Compliance Document 24.11, criteria for cloud services, label levels 1 to 3"
#   settings:
#     level: 0
#     levels: {}
#     area: [EU, EEA]
#   settingsSchema:
#     level:
#       description: Label level of all data. 0 asks for none.
#       type: integer
#       minimum: 0
#       maximum: 3
#     levels:
#       description: By class of data, in small letters, its label level where that is higher.
#       type: object
#       propertyNames: {pattern: "^[^A-Z]*$"}
#       additionalProperties: {type: integer, minimum: 0, maximum: 3}
#     area:
#       description: Countries and blocs that the labels are about.
#       type: array
#       minItems: 1
#       items: {type: string, minLength: 1}
package sovereignty.labels

import data.lib.sites

deny contains message if {
	some [name, 3] in labelled
	not sites.within(input.settings.area)
	message := sprintf(
		"data set %q is at label level 3, which stays in %s; %s is in %s",
		[name, concat(", ", input.settings.area), input.site.id, sites.country],
	)
}

deny contains message if {
	some [name, 3] in labelled
	reached
	message := sprintf(
		"data set %q is at label level 3, immune from law outside %s; foreign law reaches the operator of %s (%s)",
		[name, concat(", ", input.settings.area), input.site.id, concat(", ", input.site.control)],
	)
}

deny contains message if {
	some [name, 2] in labelled
	not input.site.partition in offering
	message := sprintf(
		"data set %q is at label level 2, which wants the option to stay in %s; partition %s has no region there",
		[name, concat(", ", input.settings.area), input.site.partition],
	)
}

warn contains message if {
	some [name, 2] in labelled
	not sites.within(input.settings.area)
	message := sprintf(
		"data set %q is at label level 2, and %s is outside %s: the option to stay there is not used",
		[name, input.site.id, concat(", ", input.settings.area)],
	)
}

obligation contains message if {
	some [name, level] in labelled
	message := sprintf("data set %q is at label level %d: have the operator of %s show its label", [name, level, input.site.id])
}

# labelled pairs data sets with their levels.
labelled contains [dataset.name, level] if {
	asked
	some dataset in input.component.data
	level := level_of(dataset)
	level > 0
}

level_of(dataset) := own if {
	own := input.settings.levels[lower(dataset.class)]
	own > input.settings.level
}

level_of(dataset) := input.settings.level if not higher(dataset)

higher(dataset) if input.settings.levels[lower(dataset.class)] > input.settings.level

asked if input.settings.level > 0

asked if count(input.settings.levels) > 0

# home is the area, and every country of it.
home contains place if some place in input.settings.area

home contains place if {
	some bloc in input.settings.area
	some place in data.topology.jurisdictions[bloc].members
}

# reached holds if the law of one jurisdiction outside reaches the operator.
reached if {
	some law in outside
	law in input.site.control
}

# outside is every jurisdiction whose law must not reach the operator at level 3.
outside := object.keys(data.topology.jurisdictions) - home

# offering is the partitions with a region in the area.
offering contains site.partition if {
	some site in data.topology.sites
	site.kind == "region"
	some place in input.settings.area
	place in site.jurisdictions
}
