package sovereignty.transfer_test

import data.sovereignty.transfer

topology := {"jurisdictions": {
	"EU": {"id": "EU", "keepsList": true, "members": ["DE", "IE"], "adequate": ["JP", "CH"], "adequateWithin": {"US": "participants of the EU-US Data Privacy Framework"}},
	"EEA": {"id": "EEA", "keepsList": false, "members": ["DE", "IE", "NO"], "adequate": [], "adequateWithin": {}},
	"DE": {"id": "DE", "keepsList": false, "members": [], "adequate": [], "adequateWithin": {}},
	"BR": {"id": "BR", "keepsList": false, "members": [], "adequate": [], "adequateWithin": {}},
	"CA": {"id": "CA", "keepsList": true, "members": [], "adequate": [], "adequateWithin": {"EU": "public bodies"}},
	"UK": {"id": "UK", "keepsList": true, "members": [], "adequate": ["EEA"], "adequateWithin": {}},
	"KR": {"id": "KR", "keepsList": true, "members": [], "adequate": [], "adequateWithin": {}},
}}

site(id, country, blocs) := {"id": id, "country": country, "jurisdictions": array.concat([country], blocs)}

doc(dataset, where) := {
	"request": {"at": "2026-11-23T00:00:00Z"},
	"component": {"data": [object.union({"name": "customers", "class": "personal", "subjects": ["EU"]}, dataset)]},
	"site": where,
	"settings": {"classes": ["personal"], "area": {"EU": "EEA"}},
}

denies(dataset, where) := reasons if {
	reasons := transfer.deny with input as doc(dataset, where) with data.topology as topology
}

obliges(dataset, where) := duties if {
	duties := transfer.obligation with input as doc(dataset, where) with data.topology as topology
}

test_home if denies({}, site("eu-west-1", "IE", ["EU", "EEA"])) == set()

test_eea_is_home_for_eu if denies({}, site("no", "NO", ["EEA"])) == set()

test_adequate if denies({}, site("ap-northeast-1", "JP", [])) == set()

test_adequate_bloc if denies({"subjects": ["UK"]}, site("eu-west-1", "IE", ["EU", "EEA"])) == set()

test_nothing_denies if {
	denies({}, site("ap-south-1", "IN", [])) == {"data set \"customers\" holds data of EU subjects; ap-south-1 is in IN, for which there is neither an adequacy decision nor a transfer tool in force on 2026-11-23T00:00:00Z; declare one under `transfer`, or leave the site out"}
}

test_scope_is_not_enough if {
	denies({}, site("us-east-1", "US", [])) == {"data set \"customers\" holds data of EU subjects; the adequacy of US holds only within a scope: participants of the EU-US Data Privacy Framework; if the importer is inside it, declare it under `transfer` with to: US, else another tool"}
}

test_tool_permits_and_obliges if {
	dataset := {"transfer": [{"tool": "SCC", "to": "US", "until": "2027-01-01"}]}
	denies(dataset, site("us-east-1", "US", [])) == set()
	obliges(dataset, site("us-east-1", "US", [])) == {"data set \"customers\" of EU subjects goes to US under SCC (until 2027-01-01): keep a transfer impact assessment on file"}
}

test_tool_for_a_bloc_without_an_end if {
	dataset := {"transfer": [{"tool": "BCR", "to": "asean-defa"}]}
	where := site("ap-southeast-1", "SG", ["asean-defa"])
	denies(dataset, where) == set()
	obliges(dataset, where) == {"data set \"customers\" of EU subjects goes to SG under BCR (no end declared): keep a transfer impact assessment on file"}
}

test_tool_that_ended_denies if {
	dataset := {"transfer": [{"tool": "SCC", "to": "US", "until": "2026-11-23"}]}
	count(denies(dataset, site("us-east-1", "US", []))) == 1
	obliges(dataset, site("us-east-1", "US", [])) == set()
}

test_tool_for_elsewhere_denies if {
	dataset := {"transfer": [{"tool": "SCC", "to": "US"}]}
	count(denies(dataset, site("ap-south-1", "IN", []))) == 1
}

test_no_obligation_at_home if {
	obliges({"transfer": [{"tool": "SCC", "to": "IE"}]}, site("eu-west-1", "IE", ["EU"])) == set()
}

test_jurisdiction_without_a_list if denies({"subjects": ["BR", "KE"]}, site("us-east-1", "US", [])) == set()

test_other_class if denies({"class": "public"}, site("us-east-1", "US", [])) == set()

test_no_subjects if denies({"subjects": []}, site("us-east-1", "US", [])) == set()

test_no_data if {
	count(transfer.deny) == 0 with input as {"component": {}, "site": {"id": "x"}} with data.topology as topology
}

test_absent_country_denies if {
	count(denies({}, {"id": "x"})) == 1
}

test_list_with_scopes_only if {
	count(denies({"subjects": ["CA"]}, site("ap-south-1", "IN", []))) == 1
	count(denies({"subjects": ["CA"]}, site("eu-west-1", "IE", ["EU"]))) == 1
	count(denies({"subjects": ["CA"]}, site("ca-central-1", "CA", []))) == 0
}

test_members_people_are_under_the_bloc if {
	count(denies({"subjects": ["DE"]}, site("ap-south-1", "IN", []))) == 1
	denies({"subjects": ["DE"]}, site("eu-west-1", "IE", ["EU", "EEA"])) == set()
}

test_people_of_the_wider_area_too if {
	count(denies({"subjects": ["NO"]}, site("ap-south-1", "IN", []))) == 1
	count(denies({"subjects": ["EEA"]}, site("ap-south-1", "IN", []))) == 1
}

test_list_on_a_day_when_nothing_is_on_it if {
	count(denies({"subjects": ["KR"]}, site("eu-west-1", "IE", ["EU", "EEA"]))) == 1
	denies({"subjects": ["KR"]}, site("ap-northeast-2", "KR", [])) == set()
}

warns(dataset) := reasons if {
	reasons := transfer.warn with input as doc(dataset, site("eu-west-1", "IE", ["EU", "EEA"])) with data.topology as topology
}

test_class_is_read_without_case if {
	count(denies({"class": "Personal"}, site("ap-south-1", "IN", []))) == 1
}

test_other_class_with_subjects_warns if {
	warns({"class": "health"}) == {"data set \"customers\" names subjects, but its class \"health\" is none of those whose transfers are restricted (personal): nothing was checked"}
}

test_no_subjects_warns if {
	warns({"subjects": []}) == {"data set \"customers\" is of class \"personal\" and names no subjects: nobody's transfer rules were applied"}
}

test_nothing_to_warn_of if {
	warns({}) == set()
	warns({"class": "public", "subjects": []}) == set()
}
