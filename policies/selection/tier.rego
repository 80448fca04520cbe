# METADATA
# title: No smaller site than the latency asks for
# description: |
#   A small zone or an Outpost costs more, offers less and fails alone. Where everybody
#   that it serves within the latency goal is within it of the region, too, the region
#   is enough, unless the law asks for the country the zone is in. It is asked only of
#   components with a goal: others may have reasons of their own.
# custom:
#   id: SEL-04
#   class: selection
#   hook: site
#   severity: low
#   reviewed: 2026-11-24
#   enforcement: warn
#   references:
#     - "AWS Local Zones user guide: what Local Zones are for"
#     - "AWS Well-Architected Framework, Performance Efficiency Pillar, PERF04-BP06: choose your workload's location based on network requirements"
#   settings:
#     kinds: [local-zone, wavelength-zone]
#   settingsSchema:
#     kinds:
#       description: The kinds of site that are judged.
#       type: array
#       items: {enum: [local-zone, wavelength-zone, outpost]}
package selection.tier

deny contains message if {
	goal := input.component.latency.maxMs
	input.component.tier in input.settings.kinds
	not lawful_reason
	there := input.site.latency.regionByPopulation
	served := [population | some population, ms in input.site.latency.byPopulation; ms <= goal]
	count(served) > 0
	every population in served {
		there[population] <= goal
	}
	message := sprintf(
		"%s is not needed: of those within %v ms of it, all are within %v ms of its region %s too; set the tier to region",
		[input.site.id, goal, goal, input.site.region],
	)
}

# lawful_reason holds where data must be in the country of the zone, and the region is in another.
lawful_reason if {
	some dataset in input.component.data
	count(object.get(dataset, "residency", [])) + count(object.get(dataset, "processing", [])) > 0
	input.site.country != data.topology.sites[input.site.region].country
}
