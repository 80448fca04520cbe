# METADATA
# title: The region that runs a small zone is fit for its data, too
# description: |
#   A Local Zone, a Wavelength Zone and an Outpost stand on ground of their own and
#   are run from their region: its control plane knows what runs there, and changes
#   it. So the region is judged apart from the zone: it stands in one of the places
#   where each data set may be processed, or stored if it does not say, and none of
#   the jurisdictions that the setting `control` lists reaches its operator. Where
#   the zone has services from the region, data goes there, and every sovereignty
#   policy is asked about the region as well: this one then says nothing. Not legal
#   advice.
# custom:
#   id: SOV-20
#   class: sovereignty
#   hook: site
#   severity: medium
#   enforcement: warn
#   reviewed: 2026-11-24
#   references:
#     - "AWS Local Zones User Guide: a Local Zone is an extension of the Region it belongs to"
#     - "AWS Outposts User Guide: the service link to the Region"
#   settings:
#     control: []
#   settingsSchema:
#     control:
#       description: Countries and blocs whose law must not reach the operator of the region.
#       type: array
#       items: {type: string, minLength: 1}
package sovereignty.parent

import data.lib.places
import data.lib.sites

deny contains message if {
	some dataset in input.component.data
	allowed := limits(dataset)
	count(allowed) > 0
	sites.small
	not served
	not runs_from(allowed)
	message := sprintf(
		"data set %q is limited to %s; %s is run from %s, which is not in any of these; choose a zone of another region, or leave the site out",
		[dataset.name, concat(", ", allowed), input.site.id, input.site.region],
	)
}

deny contains message if {
	count(input.settings.control) > 0
	count(input.component.data) > 0
	sites.small
	not served
	some law in input.settings.control
	some place in places.meeting(law)
	place in data.topology.sites[input.site.region].control
	message := sprintf(
		"%s is run from %s, whose operator the law of %s reaches; leave the site out",
		[input.site.id, input.site.region, law],
	)
}

# limits is where a data set may be processed, or stored if it does not say.
limits(dataset) := dataset.processing

limits(dataset) := dataset.residency if not dataset.processing

# served holds if the zone has services from its region.
served if {
	some service in input.component.services
	input.site.parentServices[service]
}

runs_from(allowed) if {
	some place in allowed
	place in data.topology.sites[input.site.region].jurisdictions
}
