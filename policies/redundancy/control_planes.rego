# METADATA
# title: Recovery needs no control plane that is lost
# description: |
#   A failure may take a control plane with it that lives somewhere else: services go
#   on as they are, but nothing of theirs can be created, changed or moved. Where
#   copies are lost, a component must not need such a control plane to recover; and
#   with `always` set it must not hang on a control plane in another region at all.
#   `services` names those whose control plane recovery uses; empty means any.
# custom:
#   id: RED-07
#   class: redundancy
#   hook: placement
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Fault Isolation Boundaries, Appendix B: Edge network global service guidance"
#     - "Amazon Builders' Library, Static stability using Availability Zones"
#   settings:
#     services: []
#     always: false
#   settingsSchema:
#     services:
#       description: Services whose control plane recovery uses; empty means any.
#       type: array
#       items: {type: string}
#     always:
#       description: Whether the loss of a control plane alone is refused too.
#       type: boolean
package redundancy.control_planes

deny contains message if {
	some service in frozen
	lessened
	message := sprintf(
		"component %q has lost copies, and the control plane of %s is lost with them: recovery cannot create, change or move anything of it; have what recovery needs in place beforehand",
		[input.component.name, service],
	)
}

deny contains message if {
	input.settings.always
	some service in frozen
	not lessened
	message := sprintf(
		"component %q cannot create, change or move anything of %s: its control plane is in another region; use a service whose control plane is local",
		[input.component.name, service],
	)
}

frozen contains service if {
	input.scenario.kind != "none"
	some service in input.scenario.controlPlanes
	used(service)
}

used(_) if count(input.settings.services) == 0

used(service) if service in input.settings.services

# lessened holds if a copy of the component is lost.
lessened if left < input.placement.chosen[input.component.name]

left := count([1 |
	some copy in input.placement.copies
	copy.component == input.component.name
])
