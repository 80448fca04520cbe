# METADATA
# title: Data stays where the law of its subjects wants it
# description: |
#   The topology's regimes tell which law wants which classes of data, about whom,
#   stored or processed where. A regime in force applies to a data set of its class
#   with subjects of its own, or with any if the regime names no subjects. Where it
#   wants a first copy stored and forbids others elsewhere, no copy stands outside;
#   where it allows others, they are further copies: the only copy of a data set
#   does not stand outside, and the approval that the regime asks for is an
#   obligation. Likewise for processing. Setting `without` lists regimes that do not
#   apply, such as one for operators above a threshold. Setting `sealed` lists
#   regimes under which data that is encrypted end to end, with keys held by one of
#   `custodians`, may be elsewhere, each with the places where it may not. That the
#   first copy of several is where it must be is not judged here, as sites are
#   judged one by one. Not legal advice.
# custom:
#   id: SOV-12
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-24
#   references:
#     - "the regimes of the topology, each with its own reference"
#     - "22 CFR 120.54(a)(5) and 126.1 (ITAR), the list under sealed"
#   settings:
#     without: []
#     sealed:
#       us-itar: [AF, BY, CD, CF, CN, CU, CY, ER, ET, HT, IQ, IR, KH, KP, LB, LY, MM, NI, RU, SD, SO, SS, SY, VE, ZW]
#     custodians: [customer]
#   settingsSchema:
#     without:
#       description: Ids of regimes that do not apply to the one who asks.
#       type: array
#       items: {type: string, minLength: 1}
#     sealed:
#       description: By regime under which data encrypted end to end may be elsewhere, the countries and blocs where it may not.
#       type: object
#       additionalProperties: {type: array, items: {type: string, minLength: 1}}
#     custodians:
#       description: Custodians of keys, as data sets name them, from whom the operator of a site cannot get them.
#       type: array
#       items: {type: string, minLength: 1}
package sovereignty.localisation

import data.lib.places
import data.lib.sites

deny contains message if {
	some [dataset, id] in applicable
	regime := data.topology.regimes[id]
	count(regime.storeIn) > 0
	not sites.within(regime.storeIn)
	not alone(dataset)
	regime.copiesAbroad == false
	not sealed(dataset, id)
	message := sprintf(
		"data set %q: %s wants it stored in %s and no copy elsewhere (%s); %s is in %s",
		[dataset.name, id, concat(", ", regime.storeIn), regime.ref, input.site.id, sites.country],
	)
}

deny contains message if {
	some [dataset, id] in applicable
	regime := data.topology.regimes[id]
	count(regime.storeIn) > 0
	not sites.within(regime.storeIn)
	alone(dataset)
	not sealed(dataset, id)
	message := sprintf(
		"data set %q: %s wants a first copy stored in %s (%s), and this would be the only one; %s is in %s",
		[dataset.name, id, concat(", ", regime.storeIn), regime.ref, input.site.id, sites.country],
	)
}

deny contains message if {
	some [dataset, id] in applicable
	regime := data.topology.regimes[id]
	count(regime.processIn) > 0
	not sites.within(regime.processIn)
	regime.processingAbroad == false
	not sealed(dataset, id)
	message := sprintf(
		"data set %q: %s wants it processed in %s only (%s); %s is in %s",
		[dataset.name, id, concat(", ", regime.processIn), regime.ref, input.site.id, sites.country],
	)
}

obligation contains message if {
	some [dataset, id] in applicable
	regime := data.topology.regimes[id]
	count(regime.storeIn) > 0
	not sites.within(regime.storeIn)
	regime.copiesAbroad == true
	message := sprintf(
		"data set %q at %s is a further copy under %s (%s): keep the first in %s; before it goes to %s: %s",
		[dataset.name, input.site.id, id, regime.ref, concat(", ", regime.storeIn), sites.country, approval(regime)],
	)
}

obligation contains message if {
	some [dataset, id] in applicable
	regime := data.topology.regimes[id]
	count(regime.processIn) > 0
	not sites.within(regime.processIn)
	regime.processingAbroad == true
	message := sprintf(
		"data set %q is processed at %s, outside %s, under %s (%s): first %s",
		[dataset.name, input.site.id, concat(", ", regime.processIn), id, regime.ref, approval(regime)],
	)
}

obligation contains message if {
	some [dataset, id] in applicable
	regime := data.topology.regimes[id]
	count(regime.storeIn) + count(regime.processIn) == 0
	not sites.within(regime.subjects)
	message := sprintf(
		"data set %q goes to %s, in %s, under %s (%s): first %s",
		[dataset.name, input.site.id, sites.country, id, regime.ref, approval(regime)],
	)
}

obligation contains message if {
	some [dataset, id] in applicable
	regime := data.topology.regimes[id]
	count(regime.storeIn) + count(regime.processIn) > 0
	not sites.within(array.concat(regime.storeIn, regime.processIn))
	sealed(dataset, id)
	message := sprintf(
		"data set %q at %s is outside %s under %s (%s): keep it encrypted end to end, and its keys from everybody there",
		[dataset.name, input.site.id, concat(", ", array.concat(regime.storeIn, regime.processIn)), id, regime.ref],
	)
}

# applicable pairs each data set with each regime that covers it: its class, as it is
# written or in small letters, and its subjects.
applicable contains [dataset, id] if {
	some dataset in input.component.data
	classes := {dataset.class, lower(dataset.class)}
	some id, regime in data.topology.regimes
	some class in classes
	class in regime.classes
	concerns(regime, dataset)
	not id in input.settings.without
}

concerns(regime, _) if count(regime.subjects) == 0

concerns(regime, dataset) if {
	some whose in regime.subjects
	some subject in dataset.subjects
	places.overlap(subject, whose)
}

# alone holds where this would be the only copy: the component has one, and no other
# component has the data set. What an edge location keeps is a further copy.
alone(dataset) if {
	input.component.copies.max == 1
	not input.site.kind in {"edge-location", "regional-edge-cache"}
	count([other |
		some other in input.request.components
		dataset.name in other.data
	]) < 2
}

# sealed holds for data that nobody at the site can read, where that is enough.
sealed(dataset, id) if {
	forbidden := input.settings.sealed[id]
	dataset.encryption == "end-to-end"
	dataset.keys.custodian in input.settings.custodians
	not sites.within(forbidden)
}

approval(regime) := regime.approval

approval(regime) := sprintf("see to what it asks%s", [note(regime)]) if not regime.approval

note(regime) := sprintf(" (%s)", [regime.note])

note(regime) := "" if not regime.note
