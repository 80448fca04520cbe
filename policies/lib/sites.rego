# METADATA
# title: What policies say about the site they judge
package lib.sites

# country names the site's country for messages; a policy that needs the country
# to decide reads input.site.country itself.
country := object.get(input.site, "country", "a country that is not known")

# region is the region the site belongs to: its own id if it is one.
region := object.get(input.site, "region", input.site.id)

# within holds if a list of countries and blocs names one that the site is in.
within(places) if {
	some place in places
	place in input.site.jurisdictions
}

# small holds for sites that belong to a region and are outside its ground.
small if input.site.kind in {"local-zone", "wavelength-zone", "outpost"}

# holds says that a compliance programme covers the site; it covers the zones of a
# region that it covers.
holds(programme) if programme in input.site.programmes

holds(programme) if {
	input.site.kind == "availability-zone"
	programme in data.topology.sites[input.site.region].programmes
}
