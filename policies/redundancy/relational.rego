# METADATA
# title: The standby that a relational database needs
# description: |
#   Says which deployment of a database a component needs: one with a standby in another
#   zone where it is to survive the loss of a zone, one that fails over within its
#   rtoSeconds, and, with `readable`, one whose standbys serve reads. Whether it survives
#   at all is a requirement of the request.
# custom:
#   id: RED-12
#   class: redundancy
#   hook: site
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Amazon RDS User Guide, Multi-AZ DB instance and Multi-AZ DB cluster deployments"
#   settings:
#     databases: [rds]
#     standby: rds-multi-az-instance
#     cluster: rds-multi-az-cluster
#     readable: false
#   settingsSchema:
#     databases:
#       description: Services that keep relational databases; their variants are judged too.
#       type: array
#       items: {type: string}
#     standby:
#       description: The service to name for a standby in another zone.
#       type: string
#     cluster:
#       description: The service to name for standbys that take over fastest and serve reads.
#       type: string
#     readable:
#       description: Whether standbys are to serve reads.
#       type: boolean
package redundancy.relational

import data.lib.services

deny contains message if {
	services.beyond_zone
	some id in services.of(input.settings.databases)
	data.topology.services[id].zones.copies < 2
	message := sprintf(
		"%s keeps the database of component %q in one zone; name %s, or %s for a faster failover",
		[id, input.component.name, input.settings.standby, input.settings.cluster],
	)
}

deny contains message if {
	services.beyond_zone
	asked := input.component.rtoSeconds
	some id in services.of(input.settings.databases)
	id != input.settings.cluster
	data.topology.services[id].zones.copies >= 2
	data.topology.services[id].failover.seconds > asked
	message := sprintf(
		"%s takes up to %v seconds to fail over, and component %q is to be back after %v; name %s, or raise rtoSeconds",
		[id, data.topology.services[id].failover.seconds, input.component.name, asked, input.settings.cluster],
	)
}

deny contains message if {
	input.settings.readable
	some id in services.of(input.settings.databases)
	data.topology.services[id].zones.readable < 1
	message := sprintf(
		"the standby that %s keeps for component %q serves no reads; name %s, or set readable of RED-12 to false",
		[id, input.component.name, input.settings.cluster],
	)
}
