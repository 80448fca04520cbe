# METADATA
# title: What is left carries the load
# description: |
#   A component that declares `capacity` is provided beforehand for what it loses:
#   after each failure of the kinds in `kinds` the copies that are left carry what is
#   needed, with nothing to be started first. A copy in a region that loses one of its
#   zones is left with the share of the others, if `zoneShare` is set: three zones
#   less one carry two thirds.
# custom:
#   id: RED-06
#   class: redundancy
#   hook: placement
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Amazon Builders' Library, Static stability using Availability Zones"
#     - "AWS Fault Isolation Boundaries, Static stability"
#   settings:
#     kinds: [zone, region]
#     zoneShare: true
#   settingsSchema:
#     kinds:
#       description: The kinds of failure after which the load must still be carried.
#       type: array
#       items: {enum: [zone, region, site, link, riskGroup, partition, provider]}
#     zoneShare:
#       description: Whether a copy in a region loses its share of a zone that is lost.
#       type: boolean
package redundancy.static_stability

import data.lib.copies

deny contains message if {
	input.component.capacity
	input.scenario.kind in input.settings.kinds
	carried < input.component.capacity.needed
	message := sprintf(
		"what is left of component %q carries %v of the %v that are needed; provide more copies or larger ones before the failure, not after it",
		[input.component.name, floor(carried), input.component.capacity.needed],
	)
}

warn contains message if {
	input.scenario.kind == "none"
	input.component.copies.max > 1
	not input.component.capacity
	message := sprintf(
		"component %q declares no capacity, so nobody checks whether what a failure leaves of it carries the load",
		[input.component.name],
	)
}

carried := sum([part |
	some copy in input.placement.copies
	copy.component == input.component.name
	copies.holds_data(copy)
	part := input.component.capacity.perCopy * share(copy.site)
])

# share is what is left of a copy.
share(site) := (site.zoneCount - 1) / site.zoneCount if loses_zone(site)

share(site) := 1 if not loses_zone(site)

loses_zone(site) if {
	input.settings.zoneShare
	input.scenario.kind == "zone"
	site.kind == "region"
	some zone in input.scenario.lost
	data.topology.sites[zone].parent == site.id
}
