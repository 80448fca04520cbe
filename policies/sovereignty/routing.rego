# METADATA
# title: No service is quietly served from another region
# description: |
#   A service that spans regions answers calls somewhere else than where they are
#   made, and some services of a region may hand a call on. For data of `classes`, a
#   component uses only services of a zone or a region, which the setting `routed`
#   does not list as handing calls on. A service whose control plane is in the
#   site's own region, or in a place where the data set may be processed, is no
#   surprise, nor is one that the setting `allowedServices` lists. What a service
#   spans is unknown where the topology does not say. Without classes this policy
#   says nothing.
# custom:
#   id: SOV-25
#   class: sovereignty
#   hook: site
#   severity: medium
#   reviewed: 2026-11-24
#   references:
#     - "AWS Fault Isolation Boundaries, global services"
#     - "Amazon Bedrock User Guide, cross-Region inference: prompts and results may leave the source Region"
#   settings:
#     classes: []
#     allowedServices: []
#     routed: [bedrock, bedrock-agent, bedrock-runtime]
#   settingsSchema:
#     classes:
#       description: Classes of data, in small letters, that this is about.
#       type: array
#       items: {type: string, pattern: "^[^A-Z]+$"}
#     allowedServices:
#       description: Ids of services that may be used all the same, such as one that is kept to its region by a policy of the account.
#       type: array
#       items: {type: string, minLength: 1}
#     routed:
#       description: Ids of regional services that may serve a call from another region.
#       type: array
#       items: {type: string, minLength: 1}
package sovereignty.routing

import data.lib.sites

deny contains message if {
	some [dataset, service] in used
	service in input.settings.routed
	message := sprintf(
		"data set %q: %s may serve calls from another region; keep it to the region and list it in the setting allowedServices of SOV-25, or do without it",
		[dataset.name, service],
	)
}

deny contains message if {
	some [dataset, service] in used
	not data.topology.services[service].scope in {"regional", "zonal"}
	not agreed(dataset, service)
	data.topology.services[service].controlPlane != sites.region
	message := sprintf(
		"data set %q: %s is not a service of one region, and its control plane is not in that of %s; do without it, or list it in the setting allowedServices of SOV-25",
		[dataset.name, service, input.site.id],
	)
}

deny contains message if {
	some [dataset, service] in used
	not data.topology.services[service].scope in {"regional", "zonal"}
	not data.topology.services[service].controlPlane
	message := sprintf(
		"data set %q: %s is not a service of one region, and where its control plane is does not apply; do without it, or list it in the setting allowedServices of SOV-25",
		[dataset.name, service],
	)
}

# used pairs data sets with services of the component that are looked at.
used contains [dataset, service] if {
	count(input.settings.classes) > 0
	some dataset in input.component.data
	lower(dataset.class) in input.settings.classes
	some service in input.component.services
	not service in input.settings.allowedServices
}

# agreed holds if the data set may be processed where the service's control plane is.
agreed(dataset, service) if {
	plane := data.topology.services[service].controlPlane
	some place in dataset.processing
	place in data.topology.sites[plane].jurisdictions
}
