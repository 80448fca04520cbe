# METADATA
# title: Prefer where it already runs
# description: |
#   Of a component that runs today, the sites it runs at score `same`, sites in the
#   regions of these `sameRegion`, and others in one of their countries `sameCountry`.
#   A score is shown beside a site and decides nothing: `moves` among the objectives
#   does. With `refuse`, a component that runs today is not moved to other sites.
# custom:
#   id: SEL-11
#   class: selection
#   hook: site
#   severity: low
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Well-Architected Framework, Cost Optimization Pillar, COST07-BP02: data already in a Region costs to move"
#   settings:
#     same: 100
#     sameRegion: 60
#     sameCountry: 20
#     refuse: false
#   settingsSchema:
#     same:
#       description: The score of a site that the component runs at, from 0 to 100.
#       type: number
#       minimum: 0
#       maximum: 100
#     sameRegion:
#       description: The score of another site in a region that it runs in, from 0 to 100.
#       type: number
#       minimum: 0
#       maximum: 100
#     sameCountry:
#       description: The score of a site elsewhere in a country that it runs in, from 0 to 100.
#       type: number
#       minimum: 0
#       maximum: 100
#     refuse:
#       description: Whether a component that runs today is refused any other site.
#       type: boolean
package selection.stay

score := input.settings.same if input.site.id in here

score := input.settings.sameRegion if {
	not input.site.id in here
	input.site.region in regions
}

score := input.settings.sameCountry if {
	not input.site.id in here
	not input.site.region in regions
	input.site.country in countries
}

deny contains message if {
	input.settings.refuse
	count(here) > 0
	not input.site.id in here
	message := sprintf(
		"component %q runs at %s; keep it there, or set refuse of SEL-11 to false",
		[input.component.name, concat(", ", sort(here))],
	)
}

# here are the sites that the component runs at, by their ids.
here := {object.get(input.request.zoneNames, name, name) |
	some name in input.request.current[input.component.name]
}

regions := {data.topology.sites[id].region | some id in here}

countries := {data.topology.sites[id].country | some id in here}
