# METADATA
# title: Copies stand in allowed countries
# description: |
#   Say here, in a sentence or two, what the policy asks and why. A site whose country
#   nobody knows is left open, and an open site is not permitted.
# custom:
#   id: @ID@
#   class: @CLASS@
#   hook: site
#   severity: medium
#   reviewed: @TODAY@
#   references:
#     - "Name what the requirement comes from: a law, a standard, a decision of yours"
#   settings:
#     countries: [DE, FR]
#   settingsSchema:
#     countries:
#       description: Countries and blocs where copies may stand.
#       type: array
#       items: {type: string, minLength: 1}
package @PACKAGE@

import data.lib.sites

deny contains message if {
	not sites.within(input.settings.countries)
	message := sprintf(
		"%s is in %s; copies may stand only in %s",
		[input.site.id, sites.country, concat(", ", input.settings.countries)],
	)
}
