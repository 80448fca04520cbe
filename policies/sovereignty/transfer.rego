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
package sovereignty.transfer

import data.lib.dates
import data.lib.sites

deny contains message if {
	some [dataset, keeper] in restricted
	exposed(dataset, keeper)
	not scope(keeper)
	message := sprintf(
		"data set %q holds data of %s subjects; %s is in %s, for which there is neither an adequacy decision nor a transfer tool in force on %s; declare one under `transfer`, or leave the site out",
		[dataset.name, keeper, input.site.id, sites.country, input.request.at],
	)
}

deny contains message if {
	some [dataset, keeper] in restricted
	exposed(dataset, keeper)
	message := sprintf(
		"data set %q holds data of %s subjects; the adequacy of %s holds only within a scope: %s; if the importer is inside it, declare it under `transfer` with to: %s, else another tool",
		[dataset.name, keeper, sites.country, scope(keeper), sites.country],
	)
}

obligation contains message if {
	some [dataset, keeper] in restricted
	not at_home(keeper)
	not adequate(keeper)
	some transfer in dataset.transfer
	covers(transfer)
	message := sprintf(
		"data set %q of %s subjects goes to %s under %s (%s): keep a transfer impact assessment on file",
		[dataset.name, keeper, sites.country, transfer.tool, ending(transfer)],
	)
}

warn contains message if {
	some dataset in input.component.data
	not watched(dataset)
	count(dataset.subjects) > 0
	message := sprintf(
		"data set %q names subjects, but its class %q is none of those whose transfers are restricted (%s): nothing was checked",
		[dataset.name, dataset.class, concat(", ", input.settings.classes)],
	)
}

warn contains message if {
	some dataset in input.component.data
	watched(dataset)
	count(object.get(dataset, "subjects", [])) == 0
	message := sprintf("data set %q is of class %q and names no subjects: nobody's transfer rules were applied", [dataset.name, dataset.class])
}

# watched holds for the classes of data whose transfers are restricted, however
# they are capitalised.
watched(dataset) if {
	some class in input.settings.classes
	lower(class) == lower(dataset.class)
}

# restricted pairs each data set with each jurisdiction that restricts where it goes.
restricted contains [dataset, keeper] if {
	some dataset in input.component.data
	watched(dataset)
	some keeper, jurisdiction in data.topology.jurisdictions
	jurisdiction.keepsList
	some subject in dataset.subjects
	under(subject, keeper)
}

# under holds if a jurisdiction's rules protect people of another.
under(subject, keeper) if subject in {keeper, area(keeper)}

under(subject, keeper) if subject in data.topology.jurisdictions[area(keeper)].members

# area is where a jurisdiction's rules hold.
area(keeper) := object.get(input.settings.area, keeper, keeper)

# exposed holds if nothing lets the data set be here.
exposed(dataset, keeper) if {
	not at_home(keeper)
	not adequate(keeper)
	not covered(dataset)
}

at_home(keeper) if sites.within([keeper, area(keeper)])

adequate(keeper) if sites.within(data.topology.jurisdictions[keeper].adequate)

# scope is the scope of an adequacy decision that holds for part of a place.
scope(keeper) := concat("; ", texts) if {
	here := input.site.jurisdictions
	texts := {text |
		some place, text in data.topology.jurisdictions[keeper].adequateWithin
		place in here
	}
	count(texts) > 0
}

covered(dataset) if {
	some transfer in dataset.transfer
	covers(transfer)
}

covers(transfer) if {
	transfer.to in input.site.jurisdictions
	dates.in_force(transfer)
}

ending(transfer) := sprintf("until %s", [transfer.until])

ending(transfer) := "no end declared" if not transfer.until
