# METADATA
# title: Compliance programmes that are asked for cover the site
# description: |
#   A copy stands where every compliance programme that is asked for covers the
#   site: those of the setting `programmes` for every component, and those that the
#   setting `classes` lists for the class of a data set. A region's programmes cover
#   its availability zones; a Local Zone, a Wavelength Zone or an edge location is
#   covered only by name. Where the topology does not say that it lists all of a
#   site's programmes, one that is not listed is unknown. That a programme covers a
#   site does not say that it covers every service there. Not legal advice.
# custom:
#   id: SOV-11
#   class: sovereignty
#   hook: site
#   severity: medium
#   reviewed: 2026-11-24
#   references:
#     - "the programmes of the topology, each with its own source"
#   settings:
#     programmes: []
#     classes: {}
#   settingsSchema:
#     programmes:
#       description: Ids of programmes that every component needs.
#       type: array
#       items: {type: string, minLength: 1}
#     classes:
#       description: By class of data, in small letters, the ids of programmes that a component with such data needs.
#       type: object
#       propertyNames: {pattern: "^[^A-Z]*$"}
#       additionalProperties: {type: array, items: {type: string, minLength: 1}}
package sovereignty.programmes

import data.lib.sites

deny contains message if {
	some [programme, who] in wanted
	not sites.holds(programme)
	message := sprintf(
		"%s needs the programme %s, which does not cover %s; choose a site that it covers, or add it to the topology with its source if it does",
		[who, programme, input.site.id],
	)
}

warn contains message if {
	some [programme, who] in wanted
	not data.topology.programmes[programme]
	message := sprintf(
		"%s needs the programme %s, of which the topology knows nothing; correct the name in the settings of SOV-11, or add it to the topology",
		[who, programme],
	)
}

obligation contains message if {
	some [programme, who] in wanted
	sites.holds(programme)
	message := sprintf("%s needs the programme %s: see that it covers every service used at %s, too", [who, programme, input.site.id])
}

# wanted pairs programmes with what asks for them.
wanted contains [programme, who] if {
	some programme in input.settings.programmes
	who := sprintf("component %q", [input.component.name])
}

wanted contains [programme, who] if {
	count(input.settings.classes) > 0
	some dataset in input.component.data
	some programme in input.settings.classes[lower(dataset.class)]
	who := sprintf("data set %q of class %q", [dataset.name, dataset.class])
}
