# METADATA
# title: The recovery strategy fits its target
# description: |
#   How a component comes back after the loss of a region hangs on what stands ready:
#   copies that take writes in several regions, a copy that serves and is promoted, a
#   standby that is started, or backups alone. Each takes at least the seconds in
#   `fastest`; a component whose rtoSeconds is less needs another strategy. One that
#   asks for much more than what its strategy takes may be doing too much, which is
#   said as a warning where the factor is more than `generous`.
# custom:
#   id: RED-09
#   class: redundancy
#   hook: placement
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Whitepaper, Disaster Recovery of Workloads on AWS: disaster recovery options in the cloud"
#   settings:
#     fastest: {active: 0, warm: 60, standby: 600, backup: 14400}
#     generous: 100
#   settingsSchema:
#     fastest:
#       description: The least number of seconds that each strategy takes to come back.
#       type: object
#       properties:
#         active: {type: number, minimum: 0}
#         warm: {type: number, minimum: 0}
#         standby: {type: number, minimum: 0}
#         backup: {type: number, minimum: 0}
#       required: [active, warm, standby, backup]
#       additionalProperties: false
#     generous:
#       description: How many times as long as the strategy takes a target may be before a cheaper strategy is suggested; 0 suggests none.
#       type: number
#       minimum: 0
package redundancy.strategy

deny contains message if {
	judged
	takes := input.settings.fastest[strategy]
	input.component.rtoSeconds < takes
	message := sprintf(
		"component %q is to be back after %v seconds, and after the loss of a region its strategy (%s) takes %v or more; %s",
		[input.component.name, input.component.rtoSeconds, described[strategy], takes, better[strategy]],
	)
}

warn contains message if {
	judged
	input.settings.generous > 0
	some cheaper in cheaper_than[strategy]
	input.settings.fastest[cheaper] * input.settings.generous <= input.component.rtoSeconds
	message := sprintf(
		"component %q may take %v seconds to come back; %s would do",
		[input.component.name, input.component.rtoSeconds, described[cheaper]],
	)
}

judged if {
	input.scenario.kind == "none"
	input.component.rtoSeconds
	input.component.survive in {"region", "partition", "provider"}
}

strategy := "active" if count(regions({"primary"})) > 1

strategy := "warm" if {
	count(regions({"primary"})) <= 1
	count(regions({"primary", "replica"})) > 1
}

strategy := "standby" if {
	count(regions({"primary", "replica"})) <= 1
	count(regions({"primary", "replica", "standby"})) > 1
}

strategy := "backup" if count(regions({"primary", "replica", "standby"})) <= 1

# regions are those of the component's copies of some roles.
regions(roles) := {region |
	some copy in input.placement.copies
	copy.component == input.component.name
	copy.role in roles
	region := copy.site.region
}

described := {
	"active": "copies that take writes in several regions",
	"warm": "a copy elsewhere that serves and is promoted",
	"standby": "a standby elsewhere that is started",
	"backup": "one region, and backups",
}

better := {
	"active": "no strategy is faster: raise rtoSeconds, or the setting fastest of RED-09 if it is too careful",
	"warm": "give copies in several regions the role primary, or raise rtoSeconds",
	"standby": "make the standby a replica, or raise rtoSeconds",
	"backup": "add a copy in another region, or raise rtoSeconds",
}

cheaper_than := {"active": {"warm"}, "warm": {"standby"}, "standby": {"backup"}, "backup": set()}
