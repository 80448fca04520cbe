# METADATA
# title: Data at a DoD impact level has its authorisation, ground, personnel and separation
# description: |
#   Setting `levels` gives classes of data an impact level of the Cloud Computing
#   Security Requirements Guide, and setting `requirements` says what each level
#   asks: a programme that covers the site, ground (the United States and their
#   outlying areas), personnel who are under no other jurisdiction, and separation,
#   as the partitions that are separate enough. An empty list asks for nothing. A
#   site that the topology does not know to meet one of them is unknown. Not legal
#   advice.
# custom:
#   id: SOV-21
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-24
#   references:
#     - "DoD Cloud Computing Security Requirements Guide V1R4, appendix C (newer revisions exist)"
#     - "DFARS 239.7602-2, required storage of data within the United States or outlying areas"
#   settings:
#     levels: {}
#     requirements:
#       "2": {programme: dod-srg-il2, ground: [US, AS, GU, MP, PR, UM, VI], personnel: [], partitions: []}
#       "4": {programme: dod-srg-il4, ground: [US, AS, GU, MP, PR, UM, VI], personnel: [US], partitions: []}
#       "5": {programme: dod-srg-il5, ground: [US, AS, GU, MP, PR, UM, VI], personnel: [US], partitions: [aws-us-gov]}
#       "6": {programme: dod-srg-il6, ground: [US, AS, GU, MP, PR, UM, VI], personnel: [US], partitions: [aws-iso-b]}
#   settingsSchema:
#     levels:
#       description: By class of data, in small letters, its impact level.
#       type: object
#       propertyNames: {pattern: "^[^A-Z]*$"}
#       additionalProperties: {enum: ["2", "4", "5", "6"]}
#     requirements:
#       description: By impact level, what it asks of a site.
#       type: object
#       required: ["2", "4", "5", "6"]
#       additionalProperties:
#         type: object
#         required: [programme, ground, personnel, partitions]
#         additionalProperties: false
#         properties:
#           programme: {type: string, minLength: 1, description: Id of the programme that authorises a site at the level.}
#           ground: {type: array, items: {type: string}, description: Countries and blocs where the site may be.}
#           personnel: {type: array, items: {type: string}, description: Jurisdictions that the operator's personnel may be under.}
#           partitions: {type: array, items: {type: string}, description: Partitions that are separate enough.}
package sovereignty.impact

import data.lib.sites

deny contains message if {
	some [name, level, asked] in rated
	not sites.holds(asked.programme)
	message := sprintf("data set %q is at impact level %s; %s is not authorised at it (%s)", [name, level, input.site.id, asked.programme])
}

deny contains message if {
	some [name, level, asked] in rated
	count(asked.ground) > 0
	not sites.within(asked.ground)
	message := sprintf(
		"data set %q is at impact level %s, which stays in %s; %s is in %s",
		[name, level, concat(", ", asked.ground), input.site.id, sites.country],
	)
}

deny contains message if {
	some [name, level, asked] in rated
	count(asked.personnel) > 0
	some who in input.site.personnel
	not who in asked.personnel
	message := sprintf(
		"data set %q is at impact level %s, which wants personnel under %s only; at %s there may be others (%s)",
		[name, level, concat(", ", asked.personnel), input.site.id, who],
	)
}

deny contains message if {
	some [name, level, asked] in rated
	count(asked.partitions) > 0
	not input.site.partition in asked.partitions
	message := sprintf(
		"data set %q is at impact level %s, which wants the separation of %s; %s is in partition %s",
		[name, level, concat(", ", asked.partitions), input.site.id, input.site.partition],
	)
}

obligation contains message if {
	some [name, level, _] in rated
	message := sprintf("data set %q is at impact level %s: have the workload authorised, and its services and personnel with it", [name, level])
}

# rated tells the impact levels of the component's data.
rated contains [dataset.name, level, asked] if {
	count(input.settings.levels) > 0
	some dataset in input.component.data
	level := input.settings.levels[lower(dataset.class)]
	asked := input.settings.requirements[level]
}
