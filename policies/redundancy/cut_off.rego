# METADATA
# title: An Outpost goes on when it is cut off
# description: |
#   A copy on an Outpost stands where the Outpost, and every service of the component,
#   goes on for `minHours` without the link to the region. A component that says nothing
#   of `disconnectedHours` is warned of, and services that go on within limits are to be
#   looked into. What the component itself asks for is a requirement of the request.
# custom:
#   id: RED-14
#   class: redundancy
#   hook: site
#   severity: high
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Outposts rack FAQs: when the service link is down"
#   settings:
#     minHours: 12
#   settingsSchema:
#     minHours:
#       description: The least hours that an Outpost and its services go on when they are cut off.
#       type: number
#       minimum: 0
package redundancy.cut_off

deny contains message if {
	input.component.tier == "outpost"
	input.site.serviceLink.disconnectedHours < input.settings.minHours
	message := sprintf(
		"%s goes on for %v hours when it is cut off; the setting minHours of RED-14 asks for %v",
		[input.site.id, input.site.serviceLink.disconnectedHours, input.settings.minHours],
	)
}

deny contains message if {
	input.component.tier == "outpost"
	some id in input.component.services
	data.topology.services[id].disconnected.mode == "stops"
	message := sprintf("%s stops when %s is cut off; component %q must do without it, or run in the region", [id, input.site.id, input.component.name])
}

deny contains message if {
	input.component.tier == "outpost"
	some id in input.component.services
	data.topology.services[id].disconnected.mode != "stops"
	data.topology.services[id].disconnected.hours < input.settings.minHours
	message := sprintf(
		"%s goes on for %v hours when %s is cut off; the setting minHours of RED-14 asks for %v",
		[id, data.topology.services[id].disconnected.hours, input.site.id, input.settings.minHours],
	)
}

warn contains message if {
	input.component.tier == "outpost"
	input.component.disconnectedHours == 0
	message := sprintf(
		"component %q does not say how long it must go on when %s is cut off; set disconnectedHours",
		[input.component.name, input.site.id],
	)
}

obligation contains message if {
	input.component.tier == "outpost"
	some id in input.component.services
	data.topology.services[id].disconnected.mode == "limited"
	message := sprintf(
		"find out what %s cannot do while %s is cut off, and that component %q can do without it",
		[id, input.site.id, input.component.name],
	)
}
