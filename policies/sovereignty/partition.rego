# METADATA
# title: Copies stay in the partitions that were asked for
# description: |
#   Partitions share no accounts, no identities and no network, and may have
#   different operators, so nothing is placed in one by accident. A request that
#   names partitions gets sites of these. One that names none gets sites of the
#   `default` partition, if the topology has any, and of every partition
#   otherwise. A component with data or several copies is warned where several
#   partitions are named: nothing replicates across them by itself.
# custom:
#   id: SOV-24
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-23
#   references:
#     - "AWS Fault Isolation Boundaries, Partitions"
#   settings:
#     default: aws
#   settingsSchema:
#     default:
#       description: Partition that copies stay in where a request names none.
#       type: string
package sovereignty.partition

deny contains message if {
	count(input.request.partitions) > 0
	not input.site.partition in input.request.partitions
	message := sprintf(
		"%s is in partition %s; the request allows %s",
		[input.site.id, input.site.partition, concat(", ", input.request.partitions)],
	)
}

deny contains message if {
	unnamed
	input.site.partition != input.settings["default"]
	default_exists
	message := sprintf(
		"%s is in partition %s, and the request names no partitions; name %s under spec.partitions if that is meant",
		[input.site.id, input.site.partition, input.site.partition],
	)
}

warn contains message if {
	count(input.request.partitions) > 1
	spreads
	message := sprintf(
		"component %q may be placed in several partitions (%s); data does not replicate across them by itself",
		[input.component.name, concat(", ", input.request.partitions)],
	)
}

unnamed if not input.request.partitions

unnamed if count(input.request.partitions) == 0

default_exists if input.settings["default"] in data.topology.partitions

spreads if input.component.copies.max > 1

spreads if count(input.component.data) > 0
