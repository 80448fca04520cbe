# METADATA
# title: A transfer tool has its assessment and supplementary measures
# description: |
#   A transfer tool alone does not do: the law of the place that data goes to is
#   assessed first, and where it falls short supplementary measures make up for it.
#   So each tool in force that a site needs says when its assessment was made
#   (`assessment`), and of the measures that setting `measures` lists for it, at
#   least one is in place (`measures`). A tool that is not in that setting needs
#   none; those in `exempt` need no assessment either. The measure `keys-at-home` counts where one of
#   `custodians` holds the data set's keys, at home or where it is adequate. Which
#   sites need a tool is as for SOV-04, whose settings `classes` and `area` this
#   policy has too. Not legal advice.
# custom:
#   id: SOV-05
#   class: sovereignty
#   hook: site
#   severity: high
#   enforcement: warn
#   reviewed: 2026-11-24
#   references:
#     - "EDPB Recommendations 01/2020 on supplementary measures, steps 3 to 6 and Annex 2"
#     - "CJEU C-311/18 (Schrems II), paragraphs 134 and 135"
#     - "Regulation (EU) 2016/679 (GDPR), Articles 46 and 49"
#   settings:
#     classes: [personal]
#     area: {EU: EEA}
#     exempt: [DPF, derogation]
#     measures: {}
#     custodians: [customer]
#   settingsSchema:
#     classes:
#       description: Classes of data whose transfers are restricted, however they are capitalised.
#       type: array
#       items: {type: string, minLength: 1}
#     area:
#       description: By jurisdiction that restricts transfers, the wider area in which its rules hold and which is home.
#       type: object
#       additionalProperties: {type: string, minLength: 1}
#     exempt:
#       description: Tools that need neither assessment nor measures, such as taking part in a scheme that is adequate.
#       type: array
#       items: {type: string, minLength: 1}
#     measures:
#       description: By tool, the measures of which any one suffices, such as keys-at-home, pseudonymised and split-processing.
#       type: object
#       additionalProperties: {type: array, minItems: 1, items: {type: string, minLength: 1}}
#     custodians:
#       description: Custodians of keys, as data sets name them, whom the importer cannot make hand keys over.
#       type: array
#       items: {type: string, minLength: 1}
package sovereignty.assessment

import data.lib.dates
import data.lib.places
import data.lib.sites
import data.lib.transfers

deny contains message if {
	some [dataset, _, transfer] in relied_on
	not assessed(transfer)
	message := sprintf(
		"data set %q goes to %s under %s without an assessment of the law there; make one, and give its day under transfer as `assessment`",
		[dataset.name, sites.country, transfer.tool],
	)
}

deny contains message if {
	some [dataset, keeper, transfer] in relied_on
	not supplemented(dataset, keeper, transfer)
	message := sprintf(
		"data set %q goes to %s under %s, which needs one of the measures %s; put one in place, and list it under transfer as `measures`",
		[dataset.name, sites.country, transfer.tool, concat(", ", input.settings.measures[transfer.tool])],
	)
}

obligation contains message if {
	some [dataset, keeper, transfer] in relied_on
	assessed(transfer)
	supplemented(dataset, keeper, transfer)
	message := sprintf(
		"data set %q goes to %s under %s: review the assessment of %s when the law there changes%s",
		[dataset.name, sites.country, transfer.tool, transfer.assessment, upkeep(transfer)],
	)
}

# relied_on is the tools in force that a site needs and that need more.
relied_on contains [dataset, keeper, transfer] if {
	some [dataset, keeper, transfer] in transfers.needed
	not transfer.tool in input.settings.exempt
	dates.in_force(transfer)
}

assessed(transfer) if transfer.assessment <= dates.today

supplemented(_, _, transfer) if not input.settings.measures[transfer.tool]

supplemented(dataset, keeper, transfer) if {
	some measure in transfer.measures
	measure in input.settings.measures[transfer.tool]
	in_place(measure, dataset, keeper)
}

in_place(measure, _, _) if measure != "keys-at-home"

in_place("keys-at-home", dataset, keeper) if {
	dataset.keys.custodian in input.settings.custodians
	safe := array.concat(data.topology.jurisdictions[keeper].adequate, [keeper, transfers.area(keeper)])
	places.inside(dataset.keys.location, safe)
}

upkeep(transfer) := sprintf(", and keep up %s", [concat(", ", transfer.measures)]) if count(transfer.measures) > 0

upkeep(transfer) := "" if count(object.get(transfer, "measures", [])) == 0
