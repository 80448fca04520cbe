# METADATA
# title: Wavelength Zones do not talk to each other
# description: |
#   Inside one VPC no traffic passes between two Wavelength Zones: it would have to go
#   through the region, which the workload must arrange. Copies of a component that
#   keep each other in step, and a copy that calls one of another component, are not
#   in two different Wavelength Zones. `throughRegion` says that this is arranged.
# custom:
#   id: RED-15
#   class: redundancy
#   hook: placement
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Wavelength Developer Guide, Networking considerations for multiple Wavelength Zones"
#   settings:
#     throughRegion: false
#   settingsSchema:
#     throughRegion:
#       description: Whether traffic between Wavelength Zones is led through the region.
#       type: boolean
package redundancy.wavelength

deny contains message if {
	input.component.tier == "wavelength-zone"
	not input.settings.throughRegion
	input.scenario.kind == "none"
	some a in input.placement.copies
	a.site.kind == "wavelength-zone"
	a.component == input.component.name
	some b in input.placement.copies
	b.site.kind == "wavelength-zone"
	b.site.id != a.site.id
	talks(a, b)
	message := sprintf(
		"%s of component %q and %s of component %q are in two Wavelength Zones, between which nothing passes; lead the traffic through the region and set throughRegion of RED-15, or place one of them in the region",
		[a.site.id, a.component, b.site.id, b.component],
	)
}

# talks holds if copies keep each other in step, or one calls the other.
talks(a, b) if {
	a.component == b.component
	count(input.component.data) > 0
	a.site.id < b.site.id
}

talks(_, b) if {
	some call in input.component.dependsOn
	call.component == b.component
	not reached_nearer(b)
}

# reached_nearer holds if a component that is called has a copy outside Wavelength
# Zones, which answers in place of the one in another zone.
reached_nearer(b) if {
	some other in input.placement.copies
	other.component == b.component
	other.site.kind != "wavelength-zone"
}
