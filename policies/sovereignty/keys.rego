# METADATA
# title: Keys are held outside the control of jurisdictions that must not have it
# description: |
#   Who can make the holder of the keys hand them over can read the data. The
#   setting `forbidden` lists jurisdictions that must not be able to. Keys held by
#   one of `custodians` are under the law of the place they are held in; keys held
#   by anybody else are under the laws that reach the operator of the site, and
#   under that of the place they are held in. Data sets that declare `keys` are
#   judged, and those of `classes`, which must. Without forbidden jurisdictions
#   this policy says nothing. Not legal advice.
# custom:
#   id: SOV-23
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-24
#   references:
#     - "18 U.S.C. 2713 (CLOUD Act): possession, custody or control decides, whatever the location"
#     - "EDPB Recommendations 01/2020, Annex 2, use case 1: keys retained in the EEA"
#   settings:
#     forbidden: []
#     custodians: [customer]
#     classes: []
#   settingsSchema:
#     forbidden:
#       description: Countries and blocs that must not be able to have keys handed over.
#       type: array
#       items: {type: string, minLength: 1}
#     custodians:
#       description: Custodians, as data sets name them, whom the operator of the site cannot make hand keys over.
#       type: array
#       items: {type: string, minLength: 1}
#     classes:
#       description: Classes of data that must declare keys, however they are capitalised.
#       type: array
#       items: {type: string, minLength: 1}
package sovereignty.keys

import data.lib.places
import data.lib.sites

deny contains message if {
	count(input.settings.forbidden) > 0
	some dataset in input.component.data
	dataset.keys
	some law in input.settings.forbidden
	not independent(dataset)
	reached(law)
	message := sprintf(
		"data set %q: its keys are held by %s at %s, whom the law of %s reaches; have one of %s hold them elsewhere, or leave the site out",
		[dataset.name, custodian(dataset), input.site.id, law, concat(", ", input.settings.custodians)],
	)
}

deny contains message if {
	some dataset in input.component.data
	some law in input.settings.forbidden
	places.overlap(dataset.keys.location, law)
	message := sprintf(
		"data set %q: its keys are held in %s, where the law of %s reaches them; hold them elsewhere",
		[dataset.name, dataset.keys.location, law],
	)
}

deny contains message if {
	count(input.settings.forbidden) > 0
	some dataset in input.component.data
	dataset.keys
	some field in ["custodian", "location"]
	not dataset.keys[field]
	message := sprintf(
		"data set %q: the law of %s must not reach its keys, and keys.%s is not given; say it",
		[dataset.name, concat(", ", input.settings.forbidden), field],
	)
}

deny contains message if {
	count(input.settings.forbidden) > 0
	some dataset in input.component.data
	not dataset.keys
	some class in input.settings.classes
	lower(class) == lower(dataset.class)
	message := sprintf(
		"data set %q is of class %q, whose keys the law of %s must not reach, and declares no keys; say under keys who holds them, and where",
		[dataset.name, dataset.class, concat(", ", input.settings.forbidden)],
	)
}

deny contains message if {
	some law in places.misnamed(input.settings.forbidden)
	message := sprintf("setting forbidden of SOV-23 names %s, which the topology does not have; correct it", [law])
}

# independent holds if the operator cannot hand the keys over.
independent(dataset) if dataset.keys.custodian in input.settings.custodians

custodian(dataset) := object.get(dataset.keys, "custodian", "nobody that is named")

# reached holds if a law reaches the operator of the site, or the ground it is on.
reached(law) if {
	some place in places.meeting(law)
	place in input.site.control
}

reached(law) if sites.within([law])
