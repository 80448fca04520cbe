# METADATA
# title: At least two availability zones
# description: |
#   A regional copy stands in a region that has at least two availability zones.
#   A component placed in single zones may have at least two copies. Zones are
#   counted by AZ id: an account's zone names say nothing about which zones are
#   the same.
# custom:
#   id: RED-01
#   class: redundancy
#   hook: site
#   severity: medium
#   reviewed: 2026-11-23
#   references:
#     - "AWS Fault Isolation Boundaries, Availability Zones"
package redundancy.zones

deny contains message if {
	input.component.tier == "region"
	input.site.zoneCount < 2
	message := sprintf(
		"%s has %d availability zone; at least two are needed",
		[input.site.id, input.site.zoneCount],
	)
}

deny contains message if {
	input.component.tier == "availability-zone"
	input.component.copies.max < 2
	message := sprintf(
		"component %q is placed in single availability zones and may have one copy only; set copies.max to 2 or more",
		[input.component.name],
	)
}
