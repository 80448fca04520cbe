# METADATA
# title: The edge opens and caches data only where it may
# description: |
#   An edge location ends the users' encrypted connection, and with a cache it keeps
#   copies. Setting `places` lists, by class of data, the countries and blocs where
#   it may; setting `uncached` lists classes that are not cached at the edge at all.
#   Both hold for copies at edge locations and for the edge locations and caches
#   that users enter by. What a data set itself says of where it may be stored and
#   processed holds there as well (SOV-01, SOV-02). Not legal advice.
# custom:
#   id: SOV-22
#   class: sovereignty
#   hook: site
#   severity: medium
#   reviewed: 2026-11-24
#   references:
#     - "Cloudflare Data Localization Suite, Regional Services: TLS is ended only in the chosen regions (a public model)"
#     - "Amazon CloudFront Developer Guide, how content is delivered: edge locations and regional edge caches"
#   settings:
#     places: {}
#     uncached: []
#   settingsSchema:
#     places:
#       description: By class of data, in small letters, the countries and blocs where the edge may open and cache it.
#       type: object
#       propertyNames: {pattern: "^[^A-Z]*$"}
#       additionalProperties: {type: array, items: {type: string, minLength: 1}}
#     uncached:
#       description: Classes of data, in small letters, that the edge does not cache.
#       type: array
#       items: {type: string, pattern: "^[^A-Z]+$"}
package sovereignty.edge

import data.lib.sites

deny contains message if {
	count(input.settings.places) > 0
	some dataset in input.component.data
	allowed := input.settings.places[lower(dataset.class)]
	outward
	not sites.within(allowed)
	message := sprintf(
		"data set %q of class %q: the edge may open and cache it only in %s; %s is in %s",
		[dataset.name, dataset.class, concat(", ", allowed), input.site.id, sites.country],
	)
}

deny contains message if {
	count(input.settings.uncached) > 0
	caches
	some dataset in input.component.data
	lower(dataset.class) in input.settings.uncached
	outward
	message := sprintf(
		"data set %q is of class %q, which the edge does not cache; %s would: set latency.cacheHitRatio to 0 and use no role cache, or place the component in regions",
		[dataset.name, dataset.class, input.site.id],
	)
}

outward if input.site.kind in {"edge-location", "regional-edge-cache"}

caches if input.component.latency.cacheHitRatio > 0

caches if "cache" in input.component.roles
