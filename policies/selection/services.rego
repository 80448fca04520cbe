# METADATA
# title: Every service the component uses is offered
# description: |
#   A copy stands where all services of its component are offered. The document
#   `input.site.offers` tells it of each of them.
# custom:
#   id: SEL-01
#   class: selection
#   hook: site
#   severity: high
#   reviewed: 2026-11-23
#   references:
#     - "AWS Regional Services List"
package selection.services

deny contains message if {
	count(input.component.services) > 0
	missing := [service |
		some service in input.component.services
		not offered(service)
	]
	count(missing) > 0
	message := sprintf("%s does not offer %s", [input.site.id, concat(", ", missing)])
}

offered(service) if input.site.offers[service]
