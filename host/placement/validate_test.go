package placement

import (
	"math"
	"testing"
)

func TestDecodeRefuses(t *testing.T) {
	const a = "components: [{name: a}]\n"
	tests := []struct{ name, spec, want string }{
		{"no components", "components: []\n", "r.yaml:5:15: /spec/components: expected at least 1 in the list, found 0"},
		{"unknown field", a + "component: []\n", `r.yaml:6:3: /spec/component: unknown field "component"; did you mean "components"?`},
		{"capacity that cannot be compared exactly", "components: [{name: a, capacity: {needed: 3, perCopy: 0.3333333}}]\n", "r.yaml:5:36: /spec/components/0/capacity: needed and perCopy may have at most 6 decimals, and together no more than 1099511627776 once scaled to whole numbers; use a larger unit"},
		{"capacity beyond counting", "components: [{name: a, capacity: {needed: 3000000000000, perCopy: 1}}]\n", "r.yaml:5:36: /spec/components/0/capacity: needed and perCopy may have at most 6 decimals, and together no more than 1099511627776 once scaled to whole numbers; use a larger unit"},
		{"a goal finer than a microsecond", "components: [{name: a, latency: {maxMs: 0.0005}}]\n", "r.yaml:5:43: /spec/components/0/latency/maxMs: maxMs has more than 3 decimals; times are known to the microsecond"},
		{"latency that nobody sees", a + "objective: [latency]\n", "r.yaml:6:14: /spec/objective: the objective latency needs users, and a component that faces them"},
		{"a time that leaves the calendar", a + "at: 9999-12-31T23:59:59-01:00\n", "r.yaml:6:7: /spec/at: \"9999-12-31T23:59:59-01:00\" is not a time (YYYY-MM-DD or, in full, YYYY-MM-DDThh:mm:ssZ)"},
		{"only an Outpost is cut off", "components: [{name: a, disconnectedHours: 4}]\n", "r.yaml:5:45: /spec/components/0/disconnectedHours: only an Outpost goes on when it is cut off; use tier: outpost, or remove disconnectedHours"},
		{"a cache in front of nobody", "components: [{name: a, latency: {cacheHitRatio: 0.5}}]\n", "r.yaml:5:51: /spec/components/0/latency/cacheHitRatio: no users call the component; remove cacheHitRatio, or give the request users and the component userFacing: true"},
		{"acceleration of what is at the edge", "users: [{population: DE}]\ncomponents: [{name: a, tier: edge-location, latency: {accelerated: true}}]\n", "r.yaml:6:70: /spec/components/0/latency/accelerated: the component is at the edge itself; remove accelerated, or place it on another tier"},
		{"a ratio too fine", "users: [{population: DE}]\ncomponents: [{name: a, latency: {cacheHitRatio: 0.1234567}}]\n", "r.yaml:6:51: /spec/components/0/latency/cacheHitRatio: cacheHitRatio has more than 6 decimals"},
		{"moves from nowhere", a + "objective: [moves]\n", "r.yaml:6:14: /spec/objective: the objective moves needs current, which says where components run today"},
		{"runs nowhere", a + "current: {a: []}\n", "r.yaml:6:16: /spec/current/a: no site is listed; name where a runs today, or leave it out"},
		{"two components of one name", "components:\n- {name: a}\n- {name: a}\n", `r.yaml:7:12: /spec/components/1/name: there are two components named "a"`},
		{"two data sets of one name", a + "data:\n- {name: d, class: x}\n- {name: d, class: x}\n", `r.yaml:8:12: /spec/data/1/name: there are two data sets named "d"`},
		{"empty class", a + "data: [{name: d, class: ''}]\n", `r.yaml:6:27: /spec/data/0/class: "" is not text that says something`},
		{"residency nowhere", a + "data: [{name: d, class: x, residency: []}]\n", "r.yaml:6:41: /spec/data/0/residency: expected at least 1 in the list, found 0"},
		{"transfer date", a + "data: [{name: d, class: x, transfer: [{tool: SCC, to: US, until: 2027-02-29}]}]\n", `r.yaml:6:68: /spec/data/0/transfer/0/until: "2027-02-29" is not a date (YYYY-MM-DD)`},
		{"transfer assessment", a + "data: [{name: d, class: x, transfer: [{tool: SCC, to: US, assessment: soon}]}]\n", `r.yaml:6:73: /spec/data/0/transfer/0/assessment: "soon" is not a date (YYYY-MM-DD)`},
		{"transfer measure", a + "data: [{name: d, class: x, transfer: [{tool: SCC, to: US, measures: [' ']}]}]\n", `r.yaml:6:72: /spec/data/0/transfer/0/measures/0: " " is not text that says something`},
		{"transfer ends first", a + "data: [{name: d, class: x, transfer: [{tool: SCC, to: US, since: 2027-01-01, until: 2026-01-01}]}]\n", `r.yaml:6:87: /spec/data/0/transfer/0/until: until 2026-01-01 is not after since 2027-01-01`},
		{"transfer to nowhere", a + "data: [{name: d, class: x, transfer: [{tool: SCC}]}]\n", `r.yaml:6:41: /spec/data/0/transfer/0: field "to" is missing; it is required`},
		{"data set that is not there", "data: [{name: customers, class: x}]\ncomponents: [{name: a, data: [custmers]}]\n", `r.yaml:6:33: /spec/components/0/data/0: there is no data set "custmers"; did you mean "customers"?`},
		{"listed twice", "partitions: [aws, aws]\nsites: {include: [x, x], exclude: [y, y]}\ndata: [{name: d, class: x, subjects: [EU, EU], residency: [EU, EU], processing: [EU, EU], logs: [EU, EU]}]\ncomponents: [{name: a, services: [s3, s3], data: [d, d]}]\n", `r.yaml:5:21: /spec/partitions/1: "aws" is listed twice
r.yaml:6:24: /spec/sites/include/1: "x" is listed twice
r.yaml:6:41: /spec/sites/exclude/1: "y" is listed twice
r.yaml:7:45: /spec/data/0/subjects/1: "EU" is listed twice
r.yaml:7:66: /spec/data/0/residency/1: "EU" is listed twice
r.yaml:7:88: /spec/data/0/processing/1: "EU" is listed twice
r.yaml:7:104: /spec/data/0/logs/1: "EU" is listed twice
r.yaml:8:41: /spec/components/0/services/1: "s3" is listed twice
r.yaml:8:56: /spec/components/0/data/1: "d" is listed twice`},
		{"included and excluded", a + "sites: {include: [x], exclude: [x]}\n", `r.yaml:6:35: /spec/sites/exclude/0: "x" is both included and excluded`},
		{"no copies", "components: [{name: a, copies: {min: 0}}]\n", "r.yaml:5:40: /spec/components/0/copies/min: 0 is less than 1, the least allowed"},
		{"max below min", "components: [{name: a, copies: {min: 3, max: 2}}]\n", "r.yaml:5:48: /spec/components/0/copies/max: max is 2, less than min, which is 3"},
		{"more roles than copies", "components: [{name: a, copies: {max: 1}, roles: [primary, replica]}]\n", "r.yaml:5:51: /spec/components/0/roles: 2 roles for at most 1 copies; raise copies.max or remove roles"},
		{"role", "components: [{name: a, roles: [primry]}]\n", `r.yaml:5:34: /spec/components/0/roles/0: "primry" is not allowed here; did you mean "primary"?`},
		{"enums", "components: [{name: a, tier: regions, survive: zones, quorum: majorty}]\ncarbon: {basis: markt}\nunknown: denied\n", `r.yaml:5:32: /spec/components/0/tier: "regions" is not allowed here; did you mean "region"?
r.yaml:5:50: /spec/components/0/survive: "zones" is not allowed here; did you mean "zone" or "none"?
r.yaml:5:65: /spec/components/0/quorum: "majorty" is not allowed here; did you mean "majority"?
r.yaml:6:19: /spec/carbon/basis: "markt" is not allowed here; did you mean "market"?
r.yaml:7:12: /spec/unknown: "denied" is not allowed here; expected "deny" or "assume"`},
		{"negative numbers", "components: [{name: a, rtoSeconds: -1, rpoSeconds: -1, units: -1, spread: {separationKm: -1, perRegion: -1}}]\n", `r.yaml:5:38: /spec/components/0/rtoSeconds: -1 is less than 0, the least allowed
r.yaml:5:54: /spec/components/0/rpoSeconds: -1 is less than 0, the least allowed
r.yaml:5:65: /spec/components/0/units: -1 is less than 0, the least allowed
r.yaml:5:92: /spec/components/0/spread/separationKm: -1 is less than 0, the least allowed
r.yaml:5:107: /spec/components/0/spread/perRegion: -1 is less than 0, the least allowed`},
		{"zero where it means nothing", "components: [{name: a, latency: {maxMs: 0}, capacity: {needed: 1, perCopy: 0}, units: 0}]\n", `r.yaml:5:43: /spec/components/0/latency/maxMs: maxMs must be more than 0; remove it for no limit
r.yaml:5:78: /spec/components/0/capacity/perCopy: perCopy must be more than 0
r.yaml:5:89: /spec/components/0/units: units must be more than 0 and at most 1000000`},
		{"units too fine", "components: [{name: a, units: 0.0000001}]\n", "r.yaml:5:33: /spec/components/0/units: units has more than 6 decimals"},
		{"units too great", "components: [{name: a, units: 1000001}]\n", "r.yaml:5:33: /spec/components/0/units: units must be more than 0 and at most 1000000"},
		{"date that is not one", a + "at: 2026-11-31\n", `r.yaml:6:7: /spec/at: "2026-11-31" is not a time (YYYY-MM-DD or, in full, YYYY-MM-DDThh:mm:ssZ)`},
		{"negative weight", a + "users: [{population: DE, weight: -1}]\n", "r.yaml:6:36: /spec/users/0/weight: -1 is less than 0, the least allowed"},
		{"no weight", a + "users: [{population: DE, weight: 0}]\n", "r.yaml:6:10: /spec/users: at least one weight must be more than 0"},
		{"weight too fine", a + "users: [{population: DE, weight: 0.1234567}]\n", "r.yaml:6:36: /spec/users/0/weight: the weight has more than 6 decimals"},
		{"weights too great", a + "users: [{population: DE, weight: 1e6}, {population: FR, weight: 99512.000001}]\n", "r.yaml:6:10: /spec/users: the weights add up to more than 2^40 once they are scaled to whole numbers; they are relative, so divide all of them or give them fewer decimals"},
		{"population twice", a + "users: [{population: DE}, {population: DE, access: {mobile: X}}, {population: DE}]\n", `r.yaml:6:68: /spec/users/2: the population "DE" is listed twice with the same access; add the weights up`},
		{"objective unknown", a + "objective: [latncy, speed]\n", `r.yaml:6:15: /spec/objective/0: there is no objective "latncy"; did you mean "latency"?
r.yaml:6:23: /spec/objective/1: there is no objective "speed"; known are carbon, copies, cost, latency, latency.afterLoss, latency.worst, moves`},
		{"objective twice", a + "objective: [cost, cost]\n", `r.yaml:6:21: /spec/objective/1: "cost" is listed twice`},
		{"objective not text", a + "objective: [[cost]]\n", "r.yaml:6:15: /spec/objective/0: expected text, found a list"},
		{"objective alone", a + "objective: cost\n", "r.yaml:6:14: /spec/objective: expected a list of objectives, or a mapping of objectives to weights"},
		{"no objective", a + "objective: []\n", "r.yaml:6:14: /spec/objective: name at least one objective, or omit the field"},
		{"weighted objective", a + "objective: {latncy: 1, carbon: 0, cost: x, copies: 0.0000001}\n", `r.yaml:6:23: /spec/objective/latncy: there is no objective "latncy"; did you mean "latency"?
r.yaml:6:34: /spec/objective/carbon: the weight 0 must be more than 0; remove the objective to ignore it
r.yaml:6:43: /spec/objective/cost: expected a decimal number, found the text "x"
r.yaml:6:54: /spec/objective/copies: the weight 0.0000001 has more than 6 decimals`},
		{"dependency that is not there", "components: [{name: api, dependsOn: [{component: ap}]}]\n", `r.yaml:5:52: /spec/components/0/dependsOn/0/component: there is no component "ap"; did you mean "api"?`},
		{"dependency on itself", "components: [{name: a, dependsOn: [{component: a}]}]\n", "r.yaml:5:50: /spec/components/0/dependsOn/0/component: the component depends on itself"},
		{"dependency twice", "components: [{name: a, dependsOn: [{component: b}, {component: b}]}, {name: b}]\n", `r.yaml:5:66: /spec/components/0/dependsOn/1/component: "b" is listed twice`},
		{"circle of dependencies", "components:\n- {name: x, dependsOn: [{component: a}]}\n- {name: a, dependsOn: [{component: b}]}\n- {name: b, dependsOn: [{component: c}]}\n- {name: c, dependsOn: [{component: a}]}\n", "r.yaml:9:39: /spec/components/3/dependsOn/0/component: the dependencies go round in a circle: a → b → c → a"},
		{"current of no component", a + "current: {a/b: [x], a: [x, x]}\n", `r.yaml:6:18: /spec/current/a~1b: there is no component "a/b"
r.yaml:6:30: /spec/current/a/1: "x" is listed twice`},
		{"waiver incomplete", a + "waivers: [{policy: SEL-06, until: 2027-01-01}]\n", `r.yaml:6:13: /spec/waivers/0: field "by" is missing; it is required
r.yaml:6:13: /spec/waivers/0: field "component" is missing; it is required
r.yaml:6:13: /spec/waivers/0: field "reason" is missing; it is required
r.yaml:6:13: /spec/waivers/0: field "site" is missing; it is required`},
		{"waiver without a reason", a + "waivers: [{policy: SEL-06, component: a, site: x, until: 2027-01-01, reason: ' ', by: ana}]\n", `r.yaml:6:80: /spec/waivers/0/reason: " " is not text that says something`},
		{"waiver for no component", a + "waivers: [{policy: SEL-06, component: b, site: x, until: 2027-01-01, reason: y, by: ana}]\n", `r.yaml:6:41: /spec/waivers/0/component: there is no component "b"`},
		{"null", a + "users:\n", "r.yaml:6:9: /spec/users: null is not a value here; omit the field"},
		{"too large", a + "# " + string(make([]byte, 1<<20)) + "\n", "r.yaml: the text is 1048681 bytes; the limit is 1048576"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode("r.yaml", spec(tt.spec))
			wantError(t, err, tt.want)
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name string
		r    Request
		want string
	}{
		{"nothing", Request{}, "/metadata/name: \"\" is not an identifier (1 to 128 of letters, digits and . _ : / -, beginning with a letter or digit)\n/spec/components: expected at least 1 in the list, found 0"},
		{
			"no such number",
			Request{Spec: Spec{Components: []Component{{Name: "a", EnergyKWh: math.NaN()}}}},
			`placement request: canonical JSON: "/spec/components/0/energyKWh": unsupported value: NaN`,
		},
		{
			"objective weighted twice",
			Request{Spec: Spec{Objective: Objective{Weighted: true, Terms: []ObjectiveTerm{{"cost", 1}, {"cost", 2}}}}},
			`placement request: canonical JSON: "/spec/objective": an objective is weighted twice`,
		},
		{
			"dependency",
			Request{Metadata: Metadata{Name: "r"}, Spec: Spec{Components: []Component{{Name: "a", DependsOn: []Dependency{{Component: "b"}}}}}},
			`/spec/components/0/dependsOn/0/component: there is no component "b"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := New(tt.r)
			if r != nil {
				t.Error("a request all the same")
			}
			wantError(t, err, tt.want)
		})
	}
	if d := (&Request{Spec: Spec{Users: []User{{Weight: math.Inf(1)}}}}).Digest(); d != "" {
		t.Errorf("digest %s of what has no canonical form", d)
	}
}

func TestScale(t *testing.T) {
	tests := []struct {
		in       []float64
		want     []int64
		exponent int
		ok       bool
	}{
		{nil, []int64{}, 0, true},
		{[]float64{60, 40}, []int64{60, 40}, 0, true},
		{[]float64{0.1, 0.25, 3}, []int64{10, 25, 300}, 2, true},
		{[]float64{1e-6, 0}, []int64{1, 0}, 6, true},
		{[]float64{1 << 40}, []int64{1 << 40}, 0, true},
		{[]float64{1 << 40, 1}, nil, 0, false},
		{[]float64{1 << 39, 0.5}, nil, 0, false},
		{[]float64{1e300}, nil, 0, false},
		{[]float64{1e-7}, nil, 0, false},
		{[]float64{-1}, nil, 0, false},
		{[]float64{math.NaN()}, nil, 0, false},
		{[]float64{math.Inf(1)}, nil, 0, false},
	}
	for _, tt := range tests {
		got, exponent, ok := Scale(tt.in)
		if ok != tt.ok || exponent != tt.exponent && ok || len(got) != len(tt.want) {
			t.Errorf("Scale(%v) = %v, %d, %v", tt.in, got, exponent, ok)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("Scale(%v) = %v, want %v", tt.in, got, tt.want)
			}
		}
	}
}
