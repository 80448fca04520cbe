# METADATA
# title: Personal data leaves home only with an adequacy decision or a transfer tool
# description: |
#   A jurisdiction that keeps a list of places it holds adequate restricts where
#   data about its own people goes. A data set is under it if its `subjects` name
#   the jurisdiction or one of its members. A copy then stands at home, in an
#   adequate place, or in one that a transfer tool of the data set covers at the
#   decision time. Setting `area` names a wider area in which a jurisdiction's
#   rules hold, which is then home: the EEA for those of the EU. An adequacy
#   decision with a scope is not enough by itself, because whether the importer
#   is inside that scope is not in the topology: the data set names the tool.
#   Not legal advice.
# custom:
#   id: SOV-04
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-23
#   references:
#     - "Regulation (EU) 2016/679 (GDPR), Articles 44 to 49"
#     - "EDPB Recommendations 01/2020 on supplementary measures"
#   settings:
#     classes: [personal]
#     area: {EU: EEA}
#   settingsSchema:
#     classes:
#       description: Classes of data whose transfers are restricted, however they are capitalised.
#       type: array
#       items: {type: string, minLength: 1}
#     area:
#       description: By jurisdiction that restricts transfers, the wider area in which its rules hold and which is home.
#       type: object
#       additionalProperties: {type: string, minLength: 1}
package sovereignty.transfer

import data.lib.sites
import data.lib.transfers

deny contains message if {
	some [dataset, keeper] in transfers.restricted
	exposed(dataset, keeper)
	not transfers.scope(keeper)
	message := sprintf(
		"data set %q holds data of %s subjects; %s is in %s, for which there is neither an adequacy decision nor a transfer tool in force on %s; declare one under `transfer`, or leave the site out",
		[dataset.name, keeper, input.site.id, sites.country, input.request.at],
	)
}

deny contains message if {
	some [dataset, keeper] in transfers.restricted
	exposed(dataset, keeper)
	message := sprintf(
		"data set %q holds data of %s subjects; the adequacy of %s holds only within a scope: %s; if the importer is inside it, declare it under `transfer` with to: %s, else another tool",
		[dataset.name, keeper, sites.country, transfers.scope(keeper), sites.country],
	)
}

obligation contains message if {
	some [dataset, keeper] in transfers.restricted
	not transfers.at_home(keeper)
	not transfers.adequate(keeper)
	some transfer in dataset.transfer
	transfers.covers(transfer)
	message := sprintf(
		"data set %q of %s subjects goes to %s under %s (%s): keep a transfer impact assessment on file",
		[dataset.name, keeper, sites.country, transfer.tool, ending(transfer)],
	)
}

warn contains message if {
	some dataset in input.component.data
	not transfers.watched(dataset)
	count(dataset.subjects) > 0
	message := sprintf(
		"data set %q names subjects, but its class %q is none of those whose transfers are restricted (%s): nothing was checked",
		[dataset.name, dataset.class, concat(", ", input.settings.classes)],
	)
}

warn contains message if {
	some dataset in input.component.data
	transfers.watched(dataset)
	count(object.get(dataset, "subjects", [])) == 0
	message := sprintf("data set %q is of class %q and names no subjects: nobody's transfer rules were applied", [dataset.name, dataset.class])
}

# exposed holds if nothing lets the data set be here.
exposed(dataset, keeper) if {
	not transfers.at_home(keeper)
	not transfers.adequate(keeper)
	not transfers.covered(dataset)
}

ending(transfer) := sprintf("until %s", [transfer.until])

ending(transfer) := "no end declared" if not transfer.until
