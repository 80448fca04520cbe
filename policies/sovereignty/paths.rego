# METADATA
# title: Data crosses only allowed jurisdictions on its way
# description: |
#   Every path that copies of a component may use, those after a failure included,
#   stays in countries where each data set may reside or be processed: between its
#   copies, and between them and the copies of what it calls. A data set that names
#   neither may cross any. Data that is encrypted end to end may cross others, if
#   `encryptedMayPass` is set, but never those in `never`. What a path crosses is
#   known only where a link says so in the topology; elsewhere it is open.
#   Not legal advice.
# custom:
#   id: SOV-19
#   class: sovereignty
#   hook: path
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Regulation (EU) 2016/679 (GDPR), Article 44"
#     - "22 CFR 120.54(a)(5) (ITAR): end-to-end encrypted technical data"
#   settings:
#     encryptedMayPass: true
#     never: []
#   settingsSchema:
#     encryptedMayPass:
#       description: Whether data that is encrypted end to end may cross countries it may not be in.
#       type: boolean
#     never:
#       description: Countries that no data set with a residency may cross, encrypted or not.
#       type: array
#       items: {type: string}
package sovereignty.paths

deny contains message if {
	some item in restricted
	some country in input.path.jurisdictions
	not country in item.inside
	not country in item.passes
	message := sprintf(
		"data set %q may be only in %s, and the path from %s to %s crosses %s",
		[item.name, concat(", ", item.places), input.path.from.id, input.path.to.id, country],
	)
}

obligation contains message if {
	some item in restricted
	item.sealed
	some country in input.path.jurisdictions
	not country in item.inside
	country in item.passes
	message := sprintf(
		"data set %q crosses %s on the path from %s to %s: keep it encrypted end to end, with keys that are held elsewhere",
		[item.name, country, input.path.from.id, input.path.to.id],
	)
}

# restricted are the data sets that may not be everywhere, with the countries that
# they may be in and those that they may pass all the same.
restricted := [{"name": dataset.name, "places": places, "inside": inside(places), "sealed": sealed(dataset), "passes": passes(dataset)} |
	some dataset in input.component.data
	places := allowed(dataset)
	count(places) > 0
]

allowed(dataset) := {place |
	some field in ["residency", "processing"]
	some place in dataset[field]
}

inside(places) := places | {member |
	some place in places
	some member in data.topology.jurisdictions[place].members
}

passes(dataset) := {country |
	sealed(dataset)
	some country, _ in data.topology.jurisdictions
	not country in input.settings.never
}

default sealed(_) := false

sealed(dataset) if {
	input.settings.encryptedMayPass
	dataset.encryption == "end-to-end"
}
