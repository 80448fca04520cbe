# METADATA
# title: Goes on when a region is lost
# description: |
#   Whatever single region is lost, the component goes on: a copy is left that holds
#   data, and a majority of the votes where it asks for one.
# custom:
#   id: RED-03
#   class: redundancy
#   hook: placement
#   severity: high
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Fault Isolation Boundaries, Regions"
#     - "AWS Well-Architected Framework, REL13: plan for disaster recovery"
package redundancy.survive_region

import data.lib.copies

deny contains message if {
	input.scenario.kind == "region"
	some why in copies.stopped
	message := sprintf(
		"component %q does not go on: %s; set copies.min to 2 or more, in regions of their own",
		[input.component.name, why],
	)
}
