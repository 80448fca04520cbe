# METADATA
# title: Replicated tables that agree as they are to
# description: |
#   Tables in several regions either agree before a write is acknowledged or after it.
#   Says which of the two a component needs by its rpoSeconds, that of tables that agree
#   later the last write wins, and that those that agree at once stand in three regions.
#   Whether it survives at all is a requirement of the request.
# custom:
#   id: RED-11
#   class: redundancy
#   hook: site
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Amazon DynamoDB Developer Guide, global tables: consistency modes, conflict resolution"
#   settings:
#     tables: [dynamodb]
#     later: dynamodb-global-tables
#     atOnce: dynamodb-global-tables-strong
#     regions: 3
#   settingsSchema:
#     tables:
#       description: Services that keep tables; their variants are judged too.
#       type: array
#       items: {type: string}
#     later:
#       description: The service to name for tables that agree after a write is acknowledged.
#       type: string
#     atOnce:
#       description: The service to name for tables that agree before.
#       type: string
#     regions:
#       description: In how many regions tables stand that agree at once.
#       type: integer
#       minimum: 1
package redundancy.tables

import data.lib.services

deny contains message if {
	services.beyond_region
	some id in services.of(input.settings.tables)
	data.topology.services[id].crossRegion.mode == "none"
	message := sprintf(
		"%s keeps the tables of component %q in one region; name %s, or %s if no write may be lost",
		[id, input.component.name, input.settings.later, input.settings.atOnce],
	)
}

deny contains message if {
	services.beyond_region
	input.component.rpoSeconds == 0
	some id in services.of(input.settings.tables)
	data.topology.services[id].crossRegion.mode == "asynchronous"
	message := sprintf(
		"%s may lose writes of component %q with a region, and its rpoSeconds is 0; name %s, or raise rpoSeconds",
		[id, input.component.name, input.settings.atOnce],
	)
}

deny contains message if {
	input.settings.atOnce in input.component.services
	input.component.copies.max < input.settings.regions
	message := sprintf(
		"%s stands in %v regions, and component %q has at most %v copies; raise copies.max, one of them may have the role witness",
		[input.settings.atOnce, input.settings.regions, input.component.name, input.component.copies.max],
	)
}

warn contains message if {
	some id in services.of(input.settings.tables)
	data.topology.services[id].crossRegion.mode == "asynchronous"
	count([1 | some role in input.component.roles; role == "primary"]) > 1
	message := sprintf(
		"copies of component %q write to %s in several regions, where the last write wins: let each item be written in one region, or name %s",
		[input.component.name, id, input.settings.atOnce],
	)
}
