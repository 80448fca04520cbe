package rego

import "testing"

// TestReads says what is found to be read, for each way of reading.
func TestReads(t *testing.T) {
	lib := `package lib.x

f(s) := s.country
g(s, k) := data.topology.sites[k].lat + s.lat
same(s) := s
deep(s) := same(s).carbon
site := input.site
name := site.name
both := input.site.city if input.request.a
both := input.site.lat if input.request.b
branch(s) := s.city if s.optIn else := s.lon
pattern({"id": x}) := x
constant("a") := 1
constant(s) := 2 if s.owner
key[k] := v if some k, v in input.site.carbon
fallback := input.site.status if input.request.x
default fallback := "none"
`
	for _, tc := range []struct{ name, rule, want string }{
		{"ref", `deny contains "x" if input.site.country == "DE"`, "site.country"},
		{"nothing", `deny contains "x" if input.request.at != ""`, ""},
		{"message", `deny contains input.site.name if true`, "site.name"},
		{"message in an object", `deny contains {"message": "x", "y": input.site.lat} if true`, "site.lat"},
		{"deep", `deny contains "x" if input.site.carbon.pue > 1`, "site.carbon.pue"},
		{"negation", `deny contains "x" if not input.site.optIn`, "site.optIn"},
		{"membership", `deny contains "x" if not "EEA" in input.site.jurisdictions`, "site.jurisdictions"},
		{"some in", "deny contains x if some x in input.site.services", "site.services"},
		{"some key, value", "deny contains x if some x, v in input.site.latency.byPopulation", "site.latency.byPopulation"},
		{"dynamic key", "deny contains \"x\" if input.site[input.request.key] == 1", "site"},
		{"alias", "deny contains \"x\" if {\n s := input.site\n s.country == \"DE\"\n}", "site.country"},
		{"alias of an alias", "deny contains \"x\" if {\n s := input.site\n u := s\n c := u.carbon\n c.pue > 1\n}", "site.carbon.pue"},
		{"alias of input", "deny contains \"x\" if {\n i := input\n i.site.country == \"DE\"\n}", "site.country"},
		{"alias only present", "deny contains \"x\" if {\n c := input.site.carbon\n}", "site.carbon"},
		{"alias used whole", "deny contains \"x\" if {\n s := input.site\n count(s) > 1\n}", "site"},
		{"two bindings compare", "deny contains \"x\" if {\n c = input.site.country\n c = input.site.city\n}", "site.city site.country"},
		{"binding compared with a constant", "deny contains \"x\" if {\n c = \"DE\"\n c = input.site.country\n}", "site.country"},
		{"every", "deny contains \"x\" if every x in input.site.services { x != input.site.name }", "site.name site.services"},
		{"every variable is compared", "deny contains \"x\" if {\n n := input.site.name\n every x in input.request.names { x = n }\n}", "site.name"},
		{"comprehension", "deny contains \"x\" if {\n n := [x | some x in input.site.services; x != input.site.name]\n count(n) > 0\n}", "site.name site.services"},
		{"comprehension over alias", "deny contains \"x\" if {\n s := input.site\n n := {x | x := s.services[_]}\n count(n) > 0\n}", "site.services"},
		{"function of the site", "import data.lib.x\ndeny contains \"x\" if x.f(input.site) == \"DE\"", "site.country"},
		{"function of an alias", "import data.lib.x\ndeny contains \"x\" if {\n s := input.site\n x.f(s) == \"DE\"\n}", "site.country"},
		{"function returns its argument", "import data.lib.x\ndeny contains \"x\" if x.same(input.site).city == \"B\"", "site.city"},
		{"function through a function", "import data.lib.x\ndeny contains \"x\" if x.deep(input.site).pue > 1", "site.carbon.pue"},
		{"function of part of the site", "import data.lib.x\ndeny contains \"x\" if x.f(input.site.carbon) == 1", "site.carbon.country"},
		{"function of a literal", "import data.lib.x\ndeny contains \"x\" if x.f({\"country\": input.site.city}) == 1", "site.city"},
		{"function of the component", "import data.lib.x\ndeny contains \"x\" if x.f(input.component) == 1", ""},
		{"else of a function", "import data.lib.x\ndeny contains \"x\" if x.branch(input.site) == 1", "site.city site.lon site.optIn"},
		{"pattern parameter", "import data.lib.x\ndeny contains \"x\" if x.pattern(input.site) == 1", "site"},
		{"constant parameter", "import data.lib.x\ndeny contains \"x\" if x.constant(input.site) == 1", "site site.owner"},
		{"rule that is the site", "import data.lib.x\ndeny contains \"x\" if x.site.country == 1", "site.country"},
		{"rule through a rule", "import data.lib.x\ndeny contains \"x\" if x.name == 1", "site.name"},
		{"rule with two bodies", "import data.lib.x\ndeny contains \"x\" if x.both == 1", "site.city site.lat"},
		{"rule with a default", "import data.lib.x\ndeny contains \"x\" if x.fallback == 1", "site.status"},
		{"partial object rule", "import data.lib.x\ndeny contains \"x\" if x.key.a == 1", "site.carbon"},
		{"whole package", "deny contains \"x\" if data.lib.x != {}", "site site.carbon site.city site.lat site.name site.status"},
		{"object.get", `deny contains "x" if object.get(input.site, "city", "") == ""`, "site.city"},
		{"object.get with a path", `deny contains "x" if object.get(input.site, ["carbon", "pue"], 1) > 1`, "site.carbon.pue"},
		{"object.get with a computed key", `deny contains "x" if object.get(input.site, input.request.k, 1) > 1`, "site"},
		{"with", `deny contains "x" if input.site.name == "y" with input.site as {}`, "site topology"},
		{"with on a rule", "a := 1\ndeny contains \"x\" if a == 1 with a as 2", "site topology"},
		{"own parent", `deny contains "x" if data.topology.sites[input.site.parent].country == 1`, "site.parent topology.sites[site.parent].country"},
		{"own region through an alias", "deny contains \"x\" if {\n r := input.site.region\n t := data.topology.sites[r]\n t.country == 1\n}", "site.region topology.sites[site.region].country"},
		{"named site", `deny contains "x" if data.topology.sites["eu-west-1"].country == 1`, "topology.sites.eu-west-1.country"},
		{"any site", "deny contains id if {\n some id, s in data.topology.sites\n s.country == input.site.country\n}", "site.country topology.sites.*.country"},
		{"site key passed to a function", "import data.lib.x\ndeny contains \"x\" if x.g(input.site, input.site.parent) == 1", "site.lat site.parent topology.sites[site.parent].lat"},
		{"any site passed to a function", "import data.lib.x\ndeny contains \"x\" if {\n some s in data.topology.sites\n x.f(s) == 1\n}", "topology.sites.*.country"},
		{"table", `deny contains "x" if input.site.country in data.topology.jurisdictions.EU.members`, "site.country topology.jurisdictions.EU.members"},
		{"computed row of a table", `deny contains "x" if data.topology.regimes[_].storeIn == ["RU"]`, "topology.regimes"},
		{"all data", `deny contains "x" if data[_].x.name == 1`, "site.name topology"},
		{"template string", `deny contains $"{input.site.city} is far" if true`, "site.city"},
		{"walk", "deny contains \"x\" if {\n walk(input.site, [_, v])\n v == 1\n}", "site"},
		{"print decides nothing", "deny contains \"x\" if {\n print(input.site.city)\n input.site.lat > 1\n}", "site.lat"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			set := load(t, map[string]string{"p.rego": header + "package p\n\n" + tc.rule, "lib.rego": lib})
			p, err := Compile(set)
			if err != nil {
				t.Fatal(err)
			}
			if got := factNames(p.policies[0].facts); got != tc.want {
				t.Errorf("reads %q, want %q", got, tc.want)
			}
		})
	}
}
