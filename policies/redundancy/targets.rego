# METADATA
# title: Recovery time and point by kind of failure
# description: |
#   After a failure of a kind in `targets` the component is back within its
#   rtoSeconds and has lost writes of at most its rpoSeconds. What services promise
#   counts; what nobody promises leaves it open. Where nothing is left of a component,
#   it does not come back by itself.
# custom:
#   id: RED-08
#   class: redundancy
#   hook: placement
#   severity: high
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Resilience Hub, resiliency policies: targets by type of disruption"
#     - "AWS Well-Architected Framework, REL13: define recovery objectives"
#   settings:
#     targets:
#       zone: {rtoSeconds: 300, rpoSeconds: 0}
#       region: {rtoSeconds: 14400, rpoSeconds: 3600}
#   settingsSchema:
#     targets:
#       description: By kind of failure, the longest time without service and the longest span of lost writes, in seconds. A figure that is left out is not judged.
#       type: object
#       propertyNames: {enum: [zone, region, site, link, riskGroup, partition, provider]}
#       additionalProperties:
#         type: object
#         properties:
#           rtoSeconds: {type: number, minimum: 0}
#           rpoSeconds: {type: number, minimum: 0}
#         additionalProperties: false
package redundancy.targets

import data.lib.copies

deny contains message if {
	target := input.settings.targets[input.scenario.kind].rtoSeconds
	copies.works
	took := input.scenario.rtoSeconds
	took > target
	message := sprintf(
		"component %q is back after %v seconds; the target after the loss of a %s is %v",
		[input.component.name, took, input.scenario.kind, target],
	)
}

deny contains message if {
	target := input.settings.targets[input.scenario.kind].rpoSeconds
	copies.works
	lost := input.scenario.rpoSeconds
	lost > target
	message := sprintf(
		"component %q loses %v seconds of its writes; the target after the loss of a %s is %v",
		[input.component.name, lost, input.scenario.kind, target],
	)
}

deny contains message if {
	target := input.settings.targets[input.scenario.kind]
	not copies.works
	message := sprintf(
		"component %q has no copy left and does not come back by itself within the targets for the loss of a %s (%s)",
		[input.component.name, input.scenario.kind, shown(target)],
	)
}

shown(target) := concat(", ", [sprintf("%s %v", [name, seconds]) | some name, seconds in target])
