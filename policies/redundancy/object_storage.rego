# METADATA
# title: Object storage that keeps what it is to keep
# description: |
#   Says which way of keeping objects a component needs, where what it names keeps less
#   than it is to survive: one zone, one region, or copies elsewhere that come later
#   than its rpoSeconds. Whether it survives at all is a requirement of the request;
#   this names the variant that does.
# custom:
#   id: RED-10
#   class: redundancy
#   hook: site
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Amazon S3 User Guide, storage classes: One Zone-IA is lost with its zone"
#     - "Amazon S3 User Guide, replicating objects; Replication Time Control"
#   settings:
#     stores: [s3]
#     inZones: s3
#     elsewhere: s3-replication
#     inTime: s3-replication-time-control
#   settingsSchema:
#     stores:
#       description: Services that keep objects; their variants are judged too.
#       type: array
#       items: {type: string}
#     inZones:
#       description: The service to name for copies in several zones.
#       type: string
#     elsewhere:
#       description: The service to name for copies in another region.
#       type: string
#     inTime:
#       description: The service to name for copies in another region within a time that is promised.
#       type: string
package redundancy.object_storage

import data.lib.services

deny contains message if {
	services.beyond_zone
	some id in services.of(input.settings.stores)
	data.topology.services[id].zones.copies < 2
	message := sprintf(
		"%s keeps the objects of component %q in one zone, and they are lost with it; name %s, or set survive to none",
		[id, input.component.name, input.settings.inZones],
	)
}

deny contains message if {
	services.beyond_region
	some id in services.of(input.settings.stores)
	not replicated
	data.topology.services[id].crossRegion.mode == "none"
	message := sprintf(
		"%s keeps the objects of component %q in one region; name %s, or %s where rpoSeconds must hold",
		[id, input.component.name, input.settings.elsewhere, input.settings.inTime],
	)
}

deny contains message if {
	services.beyond_region
	asked := input.component.rpoSeconds
	some id in services.of(input.settings.stores)
	data.topology.services[id].crossRegion.mode == "asynchronous"
	data.topology.services[id].crossRegion.rpoSeconds > asked
	message := sprintf(
		"%s may lose %v seconds of objects with a region, and component %q asks for %v; name %s if that is in time, write to both regions, or raise rpoSeconds",
		[id, data.topology.services[id].crossRegion.rpoSeconds, input.component.name, asked, input.settings.inTime],
	)
}

obligation contains message if {
	services.beyond_region
	some id in services.of(input.settings.stores)
	data.topology.services[id].crossRegion.mode == "asynchronous"
	message := sprintf("copy the objects of component %q that are there before %s is set up: only later writes are replicated", [input.component.name, id])
}

# replicated holds if one of the services that are named keeps copies elsewhere.
replicated if {
	some id in services.of(input.settings.stores)
	data.topology.services[id].crossRegion.mode in {"asynchronous", "synchronous"}
}
