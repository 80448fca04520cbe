# METADATA
# title: Services that a component uses
package lib.services

# of are the component's services that are one of these, or a variant of one.
of(families) := {id |
	some id in input.component.services
	member(id, families)
}

member(id, families) if id in families

member(id, families) if {
	not id in families
	data.topology.services[id].variantOf in families
}

# beyond_region holds if the component is to go on when a region is lost.
beyond_region if input.component.survive in {"region", "partition", "provider"}

# beyond_zone holds if it is to go on when a zone is lost.
beyond_zone if input.component.survive != "none"
