# METADATA
# title: Foreign law does not reach the operator, or keys are held out of its reach
# description: |
#   An operator hands over what the law that reaches it compels it to, wherever the
#   data is. Setting `foreign` lists the jurisdictions whose law must not reach the
#   operator of a site with data of `classes`, or with any data if there are none.
#   Where it does, keys that one of `custodians` holds out of reach of these
#   jurisdictions mitigate that and do not remove it: the site is permitted, a
#   warning stays, and keeping the keys out of reach is an obligation. A list of
#   what reaches the operator that is not complete leaves the rest unknown. Without
#   foreign jurisdictions this policy says nothing. Not legal advice.
# custom:
#   id: SOV-08
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-24
#   references:
#     - "18 U.S.C. 2713 (CLOUD Act): possession, custody or control decides, whatever the location"
#     - "Regulation (EU) 2023/2854 (Data Act), Article 32"
#     - "Regulation (EU) 2016/679 (GDPR), Article 48"
#   settings:
#     foreign: []
#     classes: []
#     custodians: [customer]
#   settingsSchema:
#     foreign:
#       description: Countries and blocs whose law must not reach the operator.
#       type: array
#       items: {type: string, minLength: 1}
#     classes:
#       description: Classes of data that this is about, however they are capitalised. If empty, all.
#       type: array
#       items: {type: string, minLength: 1}
#     custodians:
#       description: Custodians of keys, as data sets name them, whom the operator cannot make hand keys over.
#       type: array
#       items: {type: string, minLength: 1}
package sovereignty.control

import data.lib.places

deny contains message if {
	some [dataset, law] in exposed
	not sealed(dataset)
	message := sprintf(
		"data set %q: the law of %s reaches the operator of %s; hold the keys elsewhere by one of %s and say so under keys, or leave the site out",
		[dataset.name, law, input.site.id, concat(", ", input.settings.custodians)],
	)
}

warn contains message if {
	some [dataset, law] in exposed
	sealed(dataset)
	message := sprintf(
		"data set %q: the law of %s reaches the operator of %s; that %s holds the keys in %s mitigates it, and does not remove it",
		[dataset.name, law, input.site.id, dataset.keys.custodian, dataset.keys.location],
	)
}

obligation contains message if {
	some [dataset, law] in exposed
	sealed(dataset)
	message := sprintf(
		"data set %q at %s: keep its keys with %s in %s, out of reach of the operator and the law of %s",
		[dataset.name, input.site.id, dataset.keys.custodian, dataset.keys.location, law],
	)
}

deny contains message if {
	some law in places.misnamed(input.settings.foreign)
	message := sprintf("setting foreign of SOV-08 names %s, which the topology does not have; correct it", [law])
}

# exposed pairs data sets with the foreign laws that reach the operator.
exposed contains [dataset, law] if {
	count(input.settings.foreign) > 0
	some dataset in input.component.data
	concerned(dataset)
	some law in input.settings.foreign
	some place in places.meeting(law)
	place in input.site.control
}

concerned(_) if count(input.settings.classes) == 0

concerned(dataset) if {
	some class in input.settings.classes
	lower(class) == lower(dataset.class)
}

# sealed holds if keys are held where no foreign law reaches them.
sealed(dataset) if {
	dataset.keys.custodian in input.settings.custodians
	dataset.keys.location
	not within_reach(dataset.keys.location)
}

within_reach(place) if {
	some law in input.settings.foreign
	places.overlap(place, law)
}
