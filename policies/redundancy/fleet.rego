# METADATA
# title: No copy of a fleet carries too much
# description: |
#   Users go to their nearest copy, and instances are spread over zones as well as may
#   be: nobody promises that a fleet is balanced. With the users' weights as the
#   load, no copy of a user-facing component with several has more than the share
#   `maxShare` of it, nor, where it declares `capacity`, more than one copy carries.
#   A component on EC2 Auto Scaling is obliged to ask for strict balance.
# custom:
#   id: RED-13
#   class: redundancy
#   hook: placement
#   severity: low
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "Amazon EC2 Auto Scaling User Guide, Availability Zone distribution: balanced best effort, balanced only"
#   settings:
#     maxShare: 0.8
#     strict: [autoscaling]
#   settingsSchema:
#     maxShare:
#       description: The greatest share of the users' weight that one copy may have.
#       type: number
#       exclusiveMinimum: 0
#       maximum: 1
#     strict:
#       description: Services whose fleets must be told to balance zones strictly.
#       type: array
#       items: {type: string}
package redundancy.fleet

deny contains message if {
	input.scenario.kind == "none"
	input.placement.chosen[input.component.name] > 1
	some site, part in load
	part > input.settings.maxShare * whole
	message := sprintf(
		"%v%% of the users of component %q go to %s; at most %v%% are to: choose sites nearer to the others, or raise the setting maxShare",
		[round((part * 100) / whole), input.component.name, site, round(input.settings.maxShare * 100)],
	)
}

deny contains message if {
	input.scenario.kind == "none"
	capacity := input.component.capacity
	some site, part in load
	part * capacity.needed > capacity.perCopy * whole
	message := sprintf(
		"the copy of component %q at %s gets %v of the load, and carries %v; make copies larger, or choose sites nearer to the others",
		[input.component.name, site, round((part * capacity.needed) / whole), capacity.perCopy],
	)
}

obligation contains message if {
	input.scenario.kind == "none"
	input.component.tier in {"region", "availability-zone"}
	some service in input.component.services
	service in input.settings.strict
	message := sprintf(
		"have the groups of %s of component %q balance their zones strictly: by default balance is a best effort",
		[service, input.component.name],
	)
}

# load is the users' weight that goes to each site.
load[route.site] := part if {
	some route in input.placement.users
	route.component == input.component.name
	part := sum([weight(other) |
		some other in input.placement.users
		other.site == route.site
		other.component == input.component.name
	])
}

whole := sum([part | some _, part in load])

weight(route) := weights[[route.population, object.get(route, "mobile", "")]]

# weights are those of the groups of users, by population and carrier.
weights[[user.population, object.get(user, ["access", "mobile"], "")]] := user.weight if some user in input.request.users
