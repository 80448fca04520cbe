# METADATA
# title: Copies are near each other
# description: |
#   Say here, in a sentence or two, what the policy asks and why. A path of which
#   nobody knows the round-trip time is left open, and what is left open is not
#   permitted.
# custom:
#   id: @ID@
#   class: @CLASS@
#   hook: path
#   severity: medium
#   reviewed: @TODAY@
#   references:
#     - "Name what the requirement comes from: a law, a standard, a decision of yours"
#   settings:
#     maxMs: 30
#   settingsSchema:
#     maxMs:
#       description: The longest round-trip time between two copies, in ms.
#       type: number
#       exclusiveMinimum: 0
package @PACKAGE@

deny contains message if {
	input.path.rttMs > input.settings.maxMs
	message := sprintf(
		"%s and %s are %v ms apart; at most %v are allowed",
		[input.path.from.id, input.path.to.id, input.path.rttMs, input.settings.maxMs],
	)
}
