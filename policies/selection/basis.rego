# METADATA
# title: Times are known the way that is asked for
# description: |
#   The round-trip times by which a copy is judged are known in a way that `accept`
#   lists: measured, or modelled from distances where nobody measured. With a latency
#   goal those times count that are within it, as only they let the site serve
#   somebody; else those to all users.
# custom:
#   id: SEL-03
#   class: selection
#   hook: site
#   severity: low
#   reviewed: 2026-11-24
#   references:
#     - "Bailiwick, the latency model: measured before modelled"
#   settings:
#     accept: [measured, modelled]
#   settingsSchema:
#     accept:
#       description: How times may be known.
#       type: array
#       items: {enum: [measured, modelled]}
#       minItems: 1
package selection.basis

deny contains message if {
	count(input.settings.accept) < 2
	not input.component.latency.maxMs
	guessed := [population |
		some population, basis in input.site.latency.basis
		not basis in input.settings.accept
	]
	count(guessed) > 0
	message := told(guessed)
}

deny contains message if {
	count(input.settings.accept) < 2
	goal := input.component.latency.maxMs
	guessed := [population |
		some population, basis in input.site.latency.basis
		not basis in input.settings.accept
		input.site.latency.byPopulation[population] <= goal
	]
	count(guessed) > 0
	message := told(guessed)
}

told(populations) := sprintf(
	"the times from %s to %s are not %s; measure them and state them under `access`, or widen the setting accept of SEL-03",
	[concat(", ", populations), input.site.id, concat(" or ", input.settings.accept)],
)
