package selection.stay_test

import data.selection.stay

doc(id, region, country) := {
	"request": {"current": {"api": ["a", "bz"]}, "zoneNames": {"bz": "b-1"}},
	"component": {"name": "api"},
	"settings": {"same": 100, "sameRegion": 60, "sameCountry": 20, "refuse": false},
	"site": {"id": id, "region": region, "country": country},
}

topology := {"sites": {
	"a": {"region": "a", "country": "DE"},
	"b-1": {"region": "b", "country": "FR"},
}}

test_there if {
	stay.score == 100 with input as doc("a", "a", "DE") with data.topology as topology
	stay.score == 100 with input as doc("b-1", "b", "FR") with data.topology as topology
}

test_same_region if stay.score == 60 with input as doc("b-2", "b", "FR") with data.topology as topology

test_same_country if stay.score == 20 with input as doc("c", "c", "FR") with data.topology as topology

test_elsewhere if {
	not stay.score with input as doc("c", "c", "IT") with data.topology as topology
	count(stay.deny) == 0 with input as doc("c", "c", "IT") with data.topology as topology
}

test_refused if {
	stay.deny == {`component "api" runs at a, b-1; keep it there, or set refuse of SEL-11 to false`} with input as doc("c", "c", "IT")
		with data.topology as topology
		with input.settings.refuse as true
	count(stay.deny) == 0 with input as doc("a", "a", "DE") with data.topology as topology with input.settings.refuse as true
}

test_runs_nowhere if {
	not stay.score with input as doc("a", "a", "DE") with data.topology as topology with input.component.name as "db"
	count(stay.deny) == 0 with input as doc("c", "c", "IT")
		with data.topology as topology
		with input.settings.refuse as true
		with input.component.name as "db"
}
