# METADATA
# title: No single shared fate ends the service
# description: |
#   Sites that look apart may hang on one thing: a power grid, a conduit, a hazard, a
#   software release, a control plane. No failure of one of the kinds in `kinds` takes
#   every copy of the component. Risk groups listed in `accepted` are known and
#   accepted.
# custom:
#   id: RED-04
#   class: redundancy
#   hook: placement
#   severity: high
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Zhai et al., Heading off correlated failures through independence-as-a-service, OSDI 2014"
#   settings:
#     kinds: [riskGroup, link, site]
#     accepted: []
#   settingsSchema:
#     kinds:
#       description: The kinds of failure, as scenarios name them, that no component may end with.
#       type: array
#       items: {enum: [zone, region, site, link, controlPlane, riskGroup, partition, provider]}
#     accepted:
#       description: Ids of risk groups whose failure may end the service.
#       type: array
#       items: {type: string}
package redundancy.shared_fate

import data.lib.copies

deny contains message if {
	input.scenario.kind in input.settings.kinds
	not accepted
	some why in copies.stopped
	message := sprintf(
		"component %q does not go on: %s; all of it shares this fate: choose sites of which one is outside",
		[input.component.name, why],
	)
}

accepted if {
	some group in input.settings.accepted
	input.scenario.id == sprintf("lose:riskGroup:%s", [group])
}
