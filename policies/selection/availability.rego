# METADATA
# title: Open for use
# description: |
#   A copy stands where the site is available, and where the account may use the
#   region: regions that must be opted into are listed in the setting `optedIn`.
#   Opting in is known only in the partitions of `optInPartitions`; in others it
#   is not asked about. A Local or Wavelength Zone is enabled by its zone group,
#   which any account may do: that is left to be seen to. A site that some lists
#   have and others miss (doubtful) is used only if the request includes it by id. At
#   a decision time before the facts were gathered, a site must have been launched by
#   then.
# custom:
#   id: SEL-09
#   class: selection
#   hook: site
#   severity: high
#   reviewed: 2026-11-23
#   references:
#     - "AWS Account Management Reference Guide, enable or disable Regions in your account"
#   settings:
#     optedIn: []
#     optInPartitions: [aws]
#   settingsSchema:
#     optedIn:
#       description: Ids of regions, and of small zones, that are enabled for the account.
#       type: array
#       items: {type: string}
#     optInPartitions:
#       description: Partitions in which it is asked whether a region is opted into.
#       type: array
#       items: {type: string}
package selection.availability

import data.lib.dates
import data.lib.sites

deny contains message if {
	not open
	message := sprintf(
		"%s is not open for use: its status is %s",
		[input.site.id, object.get(input.site, "status", "not given")],
	)
}

deny contains message if {
	dates.today < data.topology.asOf
	dates.today < input.site.launched
	message := sprintf("%s opened on %s, after the decision time", [input.site.id, input.site.launched])
}

warn contains message if {
	input.site.status == "restricted"
	message := sprintf("%s is restricted: make sure that the account may use it", [input.site.id])
}

warn contains message if {
	input.site.status == "doubtful"
	message := sprintf("%s is doubtful: some lists have it and others miss it; ask before you rely on it", [input.site.id])
}

deny contains message if {
	outside
	input.site.partition in input.settings.optInPartitions
	not sites.region in input.settings.optedIn
	input.site.regionOptIn == true
	message := sprintf(
		"the region of %s must be opted into first: enable it for the account, then list %s in the setting optedIn of SEL-09",
		[input.site.id, sites.region],
	)
}

deny contains message if {
	not outside
	input.site.partition in input.settings.optInPartitions
	not sites.region in input.settings.optedIn
	input.site.optIn == true
	message := sprintf(
		"%s must be opted into first: enable it for the account, then list %s in the setting optedIn of SEL-09",
		[input.site.id, sites.region],
	)
}

obligation contains message if {
	small
	not input.site.id in input.settings.optedIn
	input.site.optIn == true
	message := sprintf("enable the zone group of %s for the account, then list %s in the setting optedIn of SEL-09", [input.site.id, input.site.id])
}

# outside holds for sites outside their region's ground, which are of no use before
# the region is.
outside if input.site.kind in {"local-zone", "wavelength-zone", "outpost"}

# small holds for zones outside their region's ground, which are enabled by zone
# group.
small if input.site.kind in {"local-zone", "wavelength-zone"}

open if input.site.status in {"available", "restricted"}

open if {
	input.site.status == "doubtful"
	input.site.id in input.request.sites.include
}
