# METADATA
# title: Logs that mention data are kept only where they may be
# description: |
#   What a site logs is kept in its region: a Local Zone, a Wavelength Zone and an
#   Outpost send it to the region they belong to, an edge location keeps it where
#   it is. So the region stands in one of the places that each data set lists under
#   `logs`. A service of the component that does not belong to a region records
#   what is asked of it where its control plane is: that is in these places, too. A
#   service that the topology does not know to be regional is taken for one if the
#   setting `regionalServices` lists it. A data set that lists no `logs` asks for
#   nothing.
# custom:
#   id: SOV-03
#   class: sovereignty
#   hook: site
#   severity: medium
#   reviewed: 2026-11-24
#   references:
#     - "AWS CloudTrail User Guide, global service events: recorded in US East (N. Virginia)"
#     - "AWS Fault Isolation Boundaries, global services"
#   settings:
#     regionalServices: []
#   settingsSchema:
#     regionalServices:
#       description: Ids of services that keep their records in the region that serves them, whatever the topology says of them.
#       type: array
#       items: {type: string, minLength: 1}
package sovereignty.logs

import data.lib.sites

deny contains message if {
	some dataset in input.component.data
	count(dataset.logs) > 0
	not kept(dataset.logs)
	message := sprintf(
		"data set %q: logs may be kept only in %s; those of %s are kept in %s, which is not in any of these",
		[dataset.name, concat(", ", dataset.logs), input.site.id, sites.region],
	)
}

deny contains message if {
	some dataset in input.component.data
	count(dataset.logs) > 0
	some service in input.component.services
	roams(service)
	plane := data.topology.services[service].controlPlane
	plane != "local"
	data.topology.sites[plane].partition == input.site.partition
	not kept_within(plane, dataset.logs)
	message := sprintf(
		"data set %q: logs may be kept only in %s; %s records what is asked of it in %s, in %s; do without it, or list it in the setting regionalServices of SOV-03 if it does not",
		[dataset.name, concat(", ", dataset.logs), service, plane, country(plane)],
	)
}

deny contains message if {
	some dataset in input.component.data
	count(dataset.logs) > 0
	some service in input.component.services
	roams(service)
	plane := data.topology.services[service].controlPlane
	plane != "local"
	data.topology.sites[plane].partition != input.site.partition
	message := sprintf(
		"data set %q: logs may be kept only in %s; where %s records what is asked of it in partition %s nobody has said; list it in the setting regionalServices of SOV-03 if that is in the region",
		[dataset.name, concat(", ", dataset.logs), service, input.site.partition],
	)
}

# roams holds for services that are not known to belong to a zone or a region.
roams(service) if {
	not service in input.settings.regionalServices
	not data.topology.services[service].scope in {"regional", "zonal"}
}

# kept holds if the site's logs are kept in one of the places.
kept(places) if {
	not sites.small
	sites.within(places)
}

kept(places) if {
	sites.small
	some place in places
	place in data.topology.sites[input.site.region].jurisdictions
}

kept_within(site, places) if {
	some place in places
	place in data.topology.sites[site].jurisdictions
}

country(site) := object.get(data.topology.sites[site], "country", "a country that is not known")
