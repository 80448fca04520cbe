# METADATA
# title: Spread over enough domains, evenly
# description: |
#   The copies of a component are in at least `minDomains` domains, and no domain has
#   more than `maxSkew` copies more than another that has any. A domain is a region,
#   a country, a partition or a provider: `domain`. A component of a single copy is
#   not judged.
# custom:
#   id: RED-05
#   class: redundancy
#   hook: placement
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Kubernetes, Pod Topology Spread Constraints"
#   settings:
#     domain: region
#     minDomains: 2
#     maxSkew: 1
#   settingsSchema:
#     domain:
#       description: What a domain is.
#       enum: [region, country, partition, provider]
#     minDomains:
#       description: The least number of domains.
#       type: integer
#       minimum: 1
#     maxSkew:
#       description: The greatest difference between the numbers of copies in two domains.
#       type: integer
#       minimum: 0
package redundancy.domains

deny contains message if {
	judged
	count(domains) < input.settings.minDomains
	message := sprintf(
		"the copies of component %q are in %d %s; at least %d are asked for",
		[input.component.name, count(domains), named(count(domains)), input.settings.minDomains],
	)
}

deny contains message if {
	judged
	sizes := [count([1 | some other in located; other == domain]) | some domain in domains]
	max(sizes) - min(sizes) > input.settings.maxSkew
	message := sprintf(
		"the copies of component %q are spread unevenly: %d in one %s and %d in another; at most %d apart are asked for",
		[input.component.name, max(sizes), input.settings.domain, min(sizes), input.settings.maxSkew],
	)
}

judged if {
	input.scenario.kind == "none"
	count(located) > 1
}

# located are the domains of the copies, one for each copy.
located := [place(copy.site) |
	some copy in input.placement.copies
	copy.component == input.component.name
]

domains := {domain | some domain in located}

place(site) := site.region if {
	input.settings.domain == "region"
	site.region
}

place(site) := site.id if {
	input.settings.domain == "region"
	not site.region
}

place(site) := site.country if input.settings.domain == "country"

place(site) := site.partition if input.settings.domain == "partition"

place(site) := site.provider if input.settings.domain == "provider"

named(1) := input.settings.domain

named(n) := concat("", [input.settings.domain, "s"]) if n != 1
