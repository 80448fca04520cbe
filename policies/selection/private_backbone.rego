# METADATA
# title: Copies talk over the private backbone
# description: |
#   Every path between copies of a component, and between them and the copies of what
#   it calls, is known to stay on the operator's private network. With `classes` only
#   components that hold data of one of these classes are judged.
# custom:
#   id: SEL-08
#   class: selection
#   hook: path
#   severity: medium
#   reviewed: 2026-11-24
#   enforcement: "off"
#   references:
#     - "AWS Global Infrastructure: the AWS global network"
#   settings:
#     classes: []
#   settingsSchema:
#     classes:
#       description: Classes of data that ask for it; empty means that every component does.
#       type: array
#       items: {type: string}
package selection.private_backbone

deny contains message if {
	judged
	not input.path.private
	message := sprintf(
		"the path from %s to %s does not stay on the private backbone; choose other sites, or state the link's `private` if it does",
		[input.path.from.id, input.path.to.id],
	)
}

judged if count(input.settings.classes) == 0

judged if {
	some dataset in input.component.data
	some class in input.settings.classes
	lower(class) == lower(dataset.class)
}
