package placement

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	digestA = "sha256:" + strings.Repeat("a", 64)
	digestB = "sha256:" + strings.Repeat("b", 64)
)

// wholeDecision has every field a decision has.
func wholeDecision() *Decision {
	reason := Reason{
		Policy: "SOV-01", Message: "customers may not be in US",
		Facts: []Fact{
			{Path: "site.country", Value: "US", Source: "geo"},
			{Path: "site.carbon.gridGramsPerKWh"},
			{Path: "site.services", Value: []any{}},
		},
	}
	return &Decision{
		APIVersion: APIVersion, Kind: DecisionKind, ID: digestA, Request: "checkout", Verdict: Permit,
		Placements: []Placement{{
			Rank: 1,
			Copies: []Copy{
				{Component: "api", Role: RolePrimary, Site: "eu-central-1"},
				{
					Component: "api", Role: RoleReplica, Site: "plant-7",
					ParentServices: []ParentService{{Service: "dynamodb", Site: "eu-central-1", RTTMs: new(7.5), Basis: BasisModelled}},
					CutOff:         []CutOff{{Service: "ec2", Mode: "continues"}, {Service: "dynamodb", Mode: "stops", Hours: new(0.0)}},
				},
			},
			Objective: map[string]float64{"latency": 1240.5, "carbon": 320},
			Users: []UserRoute{{
				Population: "DE", Mobile: "Vodafone", Site: "eu-central-1", RTTMs: 9.1, Basis: BasisModelled,
				Parts: []Part{{Name: "mobile-network", Ms: 9, Basis: BasisModelled}, {Name: "internet", To: "eu-central-1", Ms: 0.1, Basis: BasisModelled}},
			}},
			Proof: &Proof{Optimal: true, Bound: 1240.5, Nodes: 123},
			Scenarios: []Scenario{{
				ID: "lose:region:eu-central-1", Verdict: Infeasible, Lost: []string{"eu-central-1"}, Survivors: []string{"eu-west-1"},
				Missing:       []string{"components[0].latency.maxMs"},
				Users:         []Reroute{{Population: "DE", Mobile: "Vodafone", Component: "api", Site: "eu-west-1", RTTMs: new(31.0)}},
				ControlPlanes: []string{"iam"},
				Objective:     map[string]float64{"latency": 3100}, RTOSeconds: new(60.0), RPOSeconds: new(0.0),
			}},
			Cuts: Cuts{
				CutSets:         [][]string{{"lose:region:eu-central-1", "lose:region:eu-west-1"}},
				PossibleCutSets: [][]string{{"lose:zone:euc1-az1", "lose:zone:euc1-az2"}}, MoreCutSets: 2,
			},
			Footprint: &Footprint{
				LocationKgPerMonth: new(1.5),
				Copies:             []CopyFootprint{{Component: "api", Site: "eu-central-1", EnergyKWh: 4, PUE: new(1.2), GridGramsPerKWh: new(312.5), LocationKgPerMonth: new(1.5)}},
			},
			Warnings:    []Warning{{Policy: "SEL-09", Message: "restricted", Facts: []Fact{}}},
			Obligations: []Obligation{{"SOV-08", "assess the transfer"}},
		}},
		Current: &Current{
			Verdict: Deny, Reasons: []CurrentReason{{Component: "api", Site: "us-east-1", Reason: reason}, {Component: "api", Reason: reason}},
			Objective: map[string]float64{"latency": 2000}, Users: []UserRoute{},
			Scenarios: []Scenario{}, Cuts: Cuts{CutSets: [][]string{{"lose:region:us-east-1"}}},
		},
		Sites: []SiteResult{{
			Site: "us-east-1", Component: "api", Verdict: Deny,
			Reasons: []Reason{reason}, Warnings: []Warning{}, Obligations: []Obligation{},
		}},
		Conflicts:   []Conflict{{[]string{"SOV-01"}, []string{"components[0].survive"}, true}},
		Relaxations: []Relaxation{{"components[0].survive: region → zone", []Change{{"components[0].survive", "region", "zone"}}, Permit, map[string]float64{}, []Copy{}}},
		Assumed:     []Assumption{{"SEL-06", "api", "eu-west-1", []string{"site.carbon.gridGramsPerKWh"}}},
		Waived:      []Waived{{Waiver{"SEL-06", "api", "eu-south-1", "2027-01-01", "pilot", "ana"}, "too dirty"}},
		Inputs:      Inputs{digestA, digestA, digestB, 1},
	}
}

func TestDecisionRoundTrip(t *testing.T) {
	want := wholeDecision()
	text, err := want.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeDecision("d.json", text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestDecisionText shows what is always there, and what is left out.
func TestDecisionText(t *testing.T) {
	d := &Decision{
		APIVersion: APIVersion, Kind: DecisionKind, Request: "checkout", Verdict: Infeasible,
		Placements: []Placement{{Rank: 1}},
		Sites:      []SiteResult{{Site: "us-east-1", Component: "api", Verdict: Permit}},
		Inputs:     Inputs{digestA, digestA, digestB, 1},
	}
	text, err := d.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"apiVersion":"bailiwick/v1","assumed":[],"conflicts":[],"id":"",` +
		`"inputs":{"policies":"` + digestA + `","request":"` + digestB + `","semantics":1,"snapshot":"` + digestA + `"},` +
		`"kind":"Decision","placements":[{"copies":[],"objective":{},"obligations":[],"rank":1,"scenarios":[],"users":[],"warnings":[]}],` +
		`"relaxations":[],"request":"checkout","sites":[{"component":"api","obligations":[],"reasons":[],"score":0,"site":"us-east-1","verdict":"permit","warnings":[]}],` +
		`"verdict":"infeasible","waived":[]}`
	if string(text) != want {
		t.Errorf("got: %s\nwant: %s", text, want)
	}
}

func TestComputeID(t *testing.T) {
	d := wholeDecision()
	if err := d.ComputeID(); err != nil {
		t.Fatal(err)
	}
	first := d.ID
	if first == digestA || len(first) != len(digestA) {
		t.Errorf("id %s", first)
	}
	if err := d.ComputeID(); err != nil || d.ID != first {
		t.Errorf("the id depends on the id before it: %s then %s, %v", first, d.ID, err)
	}
	nameless := *d
	nameless.ID = ""
	text, err := nameless.Canonical()
	if err != nil || digest(text) != first {
		t.Errorf("the id is not the digest of the text without it: %v", err)
	}
	d.Placements[0].Rank = 2
	if err := d.ComputeID(); err != nil || d.ID == first {
		t.Error("another decision has the same id")
	}
	d.Sites[0].Score = math.NaN()
	wantError(t, d.ComputeID(), `decision: canonical JSON: "/sites/0/score": unsupported value: NaN`)
}

func TestDecodeDecisionRefuses(t *testing.T) {
	text, err := wholeDecision().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, old, new, want string }{
		{"verdict", `"verdict":"permit","waived"`, `"verdict":"permitted","waived"`, `/verdict: "permitted" is not allowed here; did you mean "permit"?`},
		{"site verdict", `"site":"us-east-1","verdict":"deny"`, `"site":"us-east-1","verdict":"infeasible"`, `/sites/0/verdict: "infeasible" is not allowed here; expected "permit", "deny" or "indeterminate"`},
		{"digest", `"request":"` + digestB, `"request":"sha256:b`, `/inputs/request: "sha256:b" is not a digest (sha256: and 64 hexadecimal digits in lower case)`},
		{"missing", `"assumed":[{"component":"api","policy":"SEL-06","site":"eu-west-1","unknown":["site.carbon.gridGramsPerKWh"]}],`, ``, `field "assumed" is missing; it is required`},
		{"null", `"source":"geo","value":"US"`, `"source":"geo","value":null`, `/current/reasons/0/facts/0/value: null is not a value here; omit the field`},
		{"unknown field", `"rank":1`, `"rnk":1,"rank":1`, `/placements/0/rnk: unknown field "rnk"; did you mean "rank"?`},
		{"not JSON", `{"apiVersion"`, `{apiVersion`, "not JSON: invalid character 'a' at start of value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(string(text), tt.old, tt.new, 1)
			if changed == string(text) {
				t.Fatal("nothing changed")
			}
			_, err := DecodeDecision("d.json", []byte(changed))
			if err == nil {
				t.Fatal("accepted")
			}
			_, msg, _ := strings.Cut(err.Error(), ": ")
			if msg != tt.want {
				t.Errorf("error\n got: %s\nwant: %s", msg, tt.want)
			}
		})
	}
}
