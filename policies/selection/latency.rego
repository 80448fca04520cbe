# METADATA
# title: Near enough to somebody
# description: |
#   With a latency goal, a copy stands within it of at least one population of
#   the request; elsewhere it could serve nobody in time. That every population
#   has such a copy is for the placement as a whole.
# custom:
#   id: SEL-02
#   class: selection
#   hook: site
#   severity: medium
#   reviewed: 2026-11-23
#   references:
#     - "AWS Well-Architected Framework, PERF04: choose your workload location based on network requirements"
package selection.latency

deny contains message if {
	goal := input.component.latency.maxMs
	away := input.site.latency.byPopulation
	count(away) > 0
	every ms in away {
		ms > goal
	}
	[ms, population] := min([[ms, population] | some population, ms in away])
	message := sprintf(
		"%s is within %v ms of no population; the nearest, %s, is %v ms away",
		[input.site.id, goal, population, ms],
	)
}
