# METADATA
# title: What is restricted in where it goes, and what lets it go there
# description: |
#   The policies on transfers have two settings in common: `classes`, the classes
#   of data whose transfers are restricted, and `area`, the wider area in which a
#   jurisdiction's rules hold.
package lib.transfers

import data.lib.dates
import data.lib.sites

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

# covers holds if a tool is for the site's country and in force.
covers(transfer) if {
	transfer.to in input.site.jurisdictions
	dates.in_force(transfer)
}

# needed tells the transfer tools that a site would need: those for its country, of
# data sets that are neither at home there nor where it is adequate.
needed contains [dataset, keeper, transfer] if {
	some [dataset, keeper] in restricted
	count(dataset.transfer) > 0
	not at_home(keeper)
	not adequate(keeper)
	some transfer in dataset.transfer
	transfer.to in input.site.jurisdictions
}
