# METADATA
# title: A transfer tool is valid on the day
# description: |
#   A transfer tool that a site would need is in force at the decision time and has
#   not been struck down: setting `withdrawn` lists tools that were, with the day.
#   Capitals do not matter. Where another tool of the data set holds for the site,
#   one that does not matters no more.
#   Which sites need a tool is as for SOV-04, whose settings `classes` and `area`
#   this policy has too. Not legal advice.
# custom:
#   id: SOV-06
#   class: sovereignty
#   hook: site
#   severity: high
#   reviewed: 2026-11-24
#   references:
#     - "CJEU C-311/18 (Schrems II), 16 July 2020: Privacy Shield invalid"
#     - "CJEU C-362/14 (Schrems I), 6 October 2015: Safe Harbour invalid"
#     - "Regulation (EU) 2016/679 (GDPR), Article 46"
#   settings:
#     classes: [personal]
#     area: {EU: EEA}
#     withdrawn: {PrivacyShield: "2020-07-16", Privacy Shield: "2020-07-16", EU-US Privacy Shield: "2020-07-16", SafeHarbor: "2015-10-06", Safe Harbor: "2015-10-06", Safe Harbour: "2015-10-06"}
#   settingsSchema:
#     classes:
#       description: Classes of data whose transfers are restricted, however they are capitalised.
#       type: array
#       items: {type: string, minLength: 1}
#     area:
#       description: By jurisdiction that restricts transfers, the wider area in which its rules hold and which is home.
#       type: object
#       additionalProperties: {type: string, minLength: 1}
#     withdrawn:
#       description: Tools that were struck down or withdrawn, each with the first day (YYYY-MM-DD) on which it is no longer valid.
#       type: object
#       additionalProperties: {type: string, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
package sovereignty.tools

import data.lib.dates
import data.lib.sites
import data.lib.transfers

deny contains message if {
	some [dataset, _, transfer] in transfers.needed
	not dates.begun(transfer)
	not held(dataset)
	message := sprintf(
		"data set %q: the transfer tool %s to %s is in force from %s on, and the decision time is %s; wait, or declare another",
		[dataset.name, transfer.tool, sites.country, transfer.since, dates.today],
	)
}

deny contains message if {
	some [dataset, _, transfer] in transfers.needed
	dates.ended(transfer)
	not held(dataset)
	message := sprintf(
		"data set %q: the transfer tool %s to %s ended on %s, and the decision time is %s; renew it, or declare another",
		[dataset.name, transfer.tool, sites.country, transfer.until, dates.today],
	)
}

deny contains message if {
	some [dataset, _, transfer] in transfers.needed
	some name, day in input.settings.withdrawn
	fallen(transfer, name, day)
	not held(dataset)
	message := sprintf(
		"data set %q: the transfer tool %s to %s is invalid since %s; declare another",
		[dataset.name, transfer.tool, sites.country, day],
	)
}

# held holds if a tool for the site is in force and was not struck down.
held(dataset) if {
	some transfer in dataset.transfer
	transfers.covers(transfer)
	not struck_down(transfer)
}

struck_down(transfer) if {
	some name, day in input.settings.withdrawn
	fallen(transfer, name, day)
}

fallen(transfer, name, day) if {
	day <= dates.today
	lower(name) == lower(transfer.tool)
}
