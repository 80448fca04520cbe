# METADATA
# title: Data is processed only where it may be
# description: |
#   Every copy of a component stands in one of the countries or blocs that each
#   of its data sets lists under `processing`. A data set that lists none may be
#   processed anywhere.
# custom:
#   id: SOV-02
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-23
#   references:
#     - "AWS Well-Architected Framework, SEC07: classify your data"
package sovereignty.processing

import data.lib.sites

deny contains message if {
	some dataset in input.component.data
	count(dataset.processing) > 0
	not sites.within(dataset.processing)
	message := sprintf(
		"data set %q may be processed only in %s; %s is in %s",
		[dataset.name, concat(", ", dataset.processing), input.site.id, sites.country],
	)
}
