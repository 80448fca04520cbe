# METADATA
# title: Enough copies are left, whatever fails
# description: |
#   Say here, in a sentence or two, what the policy asks and why. It is asked about a
#   placement as it stands and about what each failure leaves of it. Where nobody
#   knows whether a copy goes on, it is left open, and what is left open is not
#   permitted.
# custom:
#   id: @ID@
#   class: @CLASS@
#   hook: placement
#   severity: medium
#   reviewed: @TODAY@
#   references:
#     - "Name what the requirement comes from: a law, a standard, a decision of yours"
#   settings:
#     copies: 1
#     kinds: [zone, region]
#   settingsSchema:
#     copies:
#       description: How many copies of each component must be left.
#       type: integer
#       minimum: 0
#     kinds:
#       description: The kinds of failure that are looked at.
#       type: array
#       items: {enum: [zone, region, site, link, controlPlane, riskGroup, partition, provider]}
package @PACKAGE@

deny contains message if {
	input.scenario.kind in input.settings.kinds
	left < input.settings.copies
	message := sprintf("%d copies of component %q are left; %d are wanted", [left, input.component.name, input.settings.copies])
}

left := count([1 |
	some copy in input.placement.copies
	copy.component == input.component.name
])
