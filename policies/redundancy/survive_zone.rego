# METADATA
# title: Goes on when a zone is lost
# description: |
#   Whatever single zone is lost, the component goes on: a copy is left that holds
#   data, and a majority of the votes where it asks for one. A copy in a region lives
#   through the loss of a zone if every service it uses keeps synchronous copies in
#   several zones; where nobody knows that, nobody knows whether it goes on.
# custom:
#   id: RED-02
#   class: redundancy
#   hook: placement
#   severity: high
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Fault Isolation Boundaries, Availability Zones"
#     - "AWS Well-Architected Framework, REL10: deploy the workload to multiple locations"
package redundancy.survive_zone

import data.lib.copies

deny contains message if {
	input.scenario.kind == "zone"
	some why in copies.stopped
	message := sprintf(
		"component %q does not go on: %s; place it in several zones, or on services that keep synchronous copies in several",
		[input.component.name, why],
	)
}
