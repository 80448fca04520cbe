# METADATA
# title: What survives may be used
# description: |
#   Residency and survival hold together. In every scenario of the kinds in `kinds`
#   that a component is to survive, a copy is left that holds data and stands where
#   each of its data sets may reside and be processed: a replica that the law lets
#   nobody fail over to is no replica.
# custom:
#   id: RED-16
#   class: redundancy
#   hook: placement
#   severity: high
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Whitepaper, Disaster Recovery of Workloads on AWS: data sovereignty and the choice of regions"
#   settings:
#     kinds: [zone, region, partition, provider]
#   settingsSchema:
#     kinds:
#       description: The kinds of failure that are looked at, of those that the component is to survive.
#       type: array
#       items: {enum: [zone, region, partition, provider]}
package redundancy.lawful_survival

import data.lib.copies

deny contains message if {
	input.component.survive != "none"
	count(restricted) > 0
	input.scenario.kind in input.settings.kinds
	rank[input.scenario.kind] <= rank[input.component.survive]
	copies.works
	not lawful
	message := sprintf(
		"component %q is left with copies only where %s may not be; choose a site in %s that is not lost at the same time",
		[input.component.name, concat(", ", [dataset.name | some dataset in restricted]), concat(", ", allowed)],
	)
}

rank := {"none": 0, "zone": 1, "region": 2, "partition": 3, "provider": 4}

restricted := [dataset |
	some dataset in input.component.data
	count(object.get(dataset, "residency", [])) + count(object.get(dataset, "processing", [])) > 0
]

allowed contains place if {
	some dataset in restricted
	some field in ["residency", "processing"]
	some place in dataset[field]
}

# lawful holds if a copy is left where all data sets may be.
lawful if {
	some copy in input.placement.copies
	copy.component == input.component.name
	copies.holds_data(copy)
	every dataset in restricted {
		may_be(object.get(dataset, "residency", []), copy.site)
		may_be(object.get(dataset, "processing", []), copy.site)
	}
}

may_be(places, _) if count(places) == 0

may_be(places, site) if {
	some place in places
	place in site.jurisdictions
}
