# METADATA
# title: Data is stored only where it may reside
# description: |
#   Every copy of a component stands in one of the countries or blocs that each
#   of its data sets lists under `residency`. A data set that lists none may
#   reside anywhere.
# custom:
#   id: SOV-01
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-23
#   references:
#     - "AWS Well-Architected Framework, SEC07: classify your data"
package sovereignty.residency

import data.lib.sites

deny contains message if {
	some dataset in input.component.data
	count(dataset.residency) > 0
	not sites.within(dataset.residency)
	message := sprintf(
		"data set %q may be stored only in %s; %s is in %s",
		[dataset.name, concat(", ", dataset.residency), input.site.id, sites.country],
	)
}
