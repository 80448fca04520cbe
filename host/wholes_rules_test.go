package host_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

func meta(id, class, hook string) string {
	return "# METADATA\n# title: t\n# custom: {id: " + id + ", class: " + class + ", hook: " + hook + ", reviewed: 2026-11-24}\n"
}

// decideWith decides a request with policies of one's own beside the standard ones.
func decideWith(t *testing.T, engine, policies, request string) (*placement.Decision, error) {
	t.Helper()
	h, err := host.Open(t.Context(), host.WithPolicies("own", fstest.MapFS{"p.rego": {Data: []byte(policies)}}), host.WithEngine(engine))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = h.Close() })
	req, err := placement.Decode("r.yaml", []byte("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec:\n"+request))
	if err != nil {
		t.Fatal(err)
	}
	return h.Decide(t.Context(), req)
}

func sitesOf(d *placement.Decision) []string {
	var out []string
	for _, c := range d.Placements[0].Copies {
		out = append(out, c.Site)
	}
	return out
}

const twoOfThree = `
  sites: {include: [eu-central-1, eu-west-1, eu-west-3]}
  users: [{population: DE}]
  components: [{name: api, copies: {min: 2}}]
`

// onEveryEngine decides a request by every engine, and wants the same bytes.
func onEveryEngine(t *testing.T, policies, request string) *placement.Decision {
	t.Helper()
	var first *placement.Decision
	var text []byte
	for _, engine := range host.Engines() {
		d, err := decideWith(t, engine, policies, request)
		if err != nil {
			t.Fatal(err)
		}
		b, err := d.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first, text = d, b
		} else if !bytes.Equal(b, text) {
			t.Fatalf("engine %s:\n%s\nthe first one:\n%s", engine, b, text)
		}
	}
	return first
}

// TestRulesOnPaths refuses a path: the search goes on without it.
func TestRulesOnPaths(t *testing.T) {
	before := sitesOf(onEveryEngine(t, meta("T-1", "redundancy", "path")+"package t\n\ndeny contains \"no\" if input.path.rttMs < 0\n", twoOfThree))
	rule := meta("T-1", "redundancy", "path") + fmt.Sprintf(`package t

deny contains sprintf("%%s is too near", [input.path.to.city]) if {
	input.path.from.id == %q
	input.path.to.id == %q
	input.component.name == "api"
}
`, before[1], before[0])
	after := sitesOf(onEveryEngine(t, rule, twoOfThree))
	if slices.Equal(before, after) || len(after) != 2 {
		t.Errorf("%v before, %v after one of the paths was shut", before, after)
	}
	d := onEveryEngine(t, rule, strings.Replace(twoOfThree, "eu-central-1, eu-west-1, eu-west-3", strings.Join(before, ", "), 1))
	if d.Verdict != placement.Deny || len(d.Refused) != 1 {
		t.Fatalf("%s with %d refused", d.Verdict, len(d.Refused))
	}
	r := d.Refused[0].Reasons[0]
	if !strings.Contains(r.Message, "is too near") || r.Policy != "T-1" {
		t.Errorf("refused for %+v", r)
	}
	var facts []string
	for _, f := range r.Facts {
		facts = append(facts, fmt.Sprintf("%s=%v", f.Path, f.Value))
		if f.Path == "path.to.city" && f.Source == "" {
			t.Errorf("%s has no source", f.Path)
		}
	}
	if want := []string{"path.from.id=" + before[1], "path.to.city=", "path.to.id=" + before[0]}; len(facts) != 3 || facts[0] != want[0] || !strings.HasPrefix(facts[1], want[1]) || facts[2] != want[2] {
		t.Errorf("facts %q", facts)
	}
}

// TestRulesOnPlacements judges a placement as it stands and in every scenario.
func TestRulesOnPlacements(t *testing.T) {
	rule := meta("T-1", "redundancy", "placement") + `package t

deny contains sprintf("left with %s", [copy.site.id]) if {
	input.scenario.kind == "region"
	some copy in input.placement.copies
	copy.component == input.component.name
	copy.site.country == "FR"
}

warn contains sprintf("%d left", [count(input.placement.copies)]) if input.scenario.kind == "region"

score := 7 if input.scenario.kind == "none"
`
	d := onEveryEngine(t, rule, twoOfThree)
	if got := sitesOf(d); slices.Contains(got, "eu-west-3") {
		t.Errorf("chose %v", got)
	}
	if s := d.Placements[0].Score; s == nil || *s != 7 {
		t.Errorf("score %v", s)
	}
	var said []string
	for _, w := range d.Placements[0].Warnings {
		if w.Policy == "T-1" {
			said = append(said, w.Message)
		}
	}
	want := []string{"after lose:region:eu-central-1: 1 left", "after lose:region:eu-west-1: 1 left"}
	if !slices.Equal(said, want) {
		t.Errorf("warnings %q, want %q", said, want)
	}
}

// TestRulesSeeWhatFailuresLeave tells what is lost and what recovery takes; where nobody knows, a rule stays open.
func TestRulesSeeWhatFailuresLeave(t *testing.T) {
	request := `
  sites: {include: [eu-central-1]}
  users: [{population: DE}]
  components: [{name: db, services: [rds], copies: {min: 1}}]
`
	rule := func(body string) string {
		return meta("T-1", "redundancy", "placement") + "package t\n\ndeny contains message if {\n" + body + "\n}\n"
	}
	d := onEveryEngine(t, rule(`	input.scenario.kind == "region"
	count(input.placement.copies) == 0
	message := sprintf("nothing is left of %s once %s is lost", [input.component.name, input.scenario.lost[0]])`), request)
	if d.Verdict != placement.Deny || d.Refused[0].Reasons[0].Message != "after lose:region:eu-central-1: nothing is left of db once eu-central-1 is lost" {
		t.Errorf("%s: %+v", d.Verdict, d.Refused)
	}
	request = strings.Replace(request, "rds", "apigateway", 1)
	// Whether API Gateway lives through the loss of a zone, the topology does not say: its copy may be left or not.
	d = onEveryEngine(t, rule(`	input.scenario.kind == "zone"
	count(input.placement.copies) == 0
	message := "nothing is left"`), request)
	if d.Verdict != placement.Indeterminate {
		t.Errorf("%s: %+v", d.Verdict, d.Refused)
	}
	d = onEveryEngine(t, rule(`	input.scenario.kind == "region"
	input.scenario.rtoSeconds < 1000000
	message := "it is back"`), request)
	if d.Verdict != placement.Indeterminate {
		t.Errorf("%s: %+v", d.Verdict, d.Refused)
	}
}

// TestRulesOnWholesWarn makes a rule about placements warn, and waives one.
func TestRulesOnWholesWarn(t *testing.T) {
	rule := strings.Replace(meta("T-1", "redundancy", "placement"), "hook", "enforcement: warn, hook", 1) + "package t\n\ndeny contains \"never\" if input.scenario.kind == \"none\"\n"
	d := onEveryEngine(t, rule, twoOfThree)
	if d.Verdict != placement.Permit || !slices.ContainsFunc(d.Placements[0].Warnings, func(w placement.Warning) bool { return w.Policy == "T-1" && w.Message == "never" }) {
		t.Errorf("%s with warnings %+v", d.Verdict, d.Placements[0].Warnings)
	}
}

// TestExpiredWaiverOfPlacement: a waiver that is over sets nothing aside, and is warned of where another copy's keeps the
// placement from being waived.
func TestExpiredWaiverOfPlacement(t *testing.T) {
	rule := strings.Replace(meta("T-1", "redundancy", "placement"), "hook", "enforcement: deny, hook", 1) + `package t

deny contains "no" if {
	input.scenario.kind == "none"
	some copy in input.placement.copies
	copy.site.id == "eu-west-3"
}

warn contains "seen" if input.scenario.kind == "none"
`
	d := onEveryEngine(t, rule, `
  sites: {include: [eu-central-1, eu-west-1]}
  components: [{name: api, copies: {min: 2}}]
  at: 2026-11-20
  waivers: [{policy: T-1, component: api, site: eu-west-1, until: 2026-11-01, reason: r, by: b}]
`)
	var said []string
	for _, w := range d.Placements[0].Warnings {
		if w.Policy == "T-1" {
			said = append(said, w.Message)
		}
	}
	if want := []string{"seen", `the waiver for component "api" at eu-west-1 ended on 2026-11-01 and sets nothing aside; have b renew it, or remove it`}; !slices.Equal(said, want) {
		t.Errorf("warnings %q, want %q", said, want)
	}
}

func TestRulesOfOtherHooks(t *testing.T) {
	for _, x := range []struct{ hook, read, want string }{
		{"path", "input.site.country", "p.rego:6: a policy about a path sees no input.site"},
		{"site", "input.path.rttMs", "p.rego:6: a policy about a site sees no input.path"},
		{"placement", "input.placement.copys[_].site.id", `input.placement has no field "copys"; did you mean "copies"?`},
		{"placement", "input.placement.copies[_].site.contry", `input.placement.copies.*.site has no field "contry"; did you mean "country" or "control"?`},
		{"path", "input.path.form.id", `input.path has no field "form"; did you mean "from"?`},
	} {
		_, err := decideWith(t, host.DefaultEngine, meta("T-1", "redundancy", x.hook)+"package t\n\ndeny contains \"no\" if "+x.read+" == 1\n", twoOfThree)
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %s", x.read, err, x.want)
		}
	}
}

// TestNamesInLoops: a misspelt name is found in loops over lists of the request, too, and through functions.
func TestNamesInLoops(t *testing.T) {
	for _, x := range []struct{ body, want string }{
		{"every d in input.component.data { d.clas == \"personal\" }", `input.component.data.* has no field "clas"; did you mean "class"?`},
		{"some d in input.component.data\n\td.keys.custodin == \"x\"", `input.component.data.*.keys has no field "custodin"; did you mean "custodian"?`},
		{"f(input.request.users[_])", `input.request.users.*.access has no field "mobil"; did you mean "mobile"?`},
		{"data.topology.jurisdictions.EU.adequte", `an entry of data.topology.jurisdictions has no field "adequte"; did you mean "adequate"?`},
	} {
		_, err := decideWith(t, host.DefaultEngine, meta("T-1", "redundancy", "site")+"package t\n\ndeny contains \"no\" if {\n\t"+x.body+"\n}\n\nf(user) if user.access.mobil\n", twoOfThree)
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %s", x.body, err, x.want)
		}
	}
}
