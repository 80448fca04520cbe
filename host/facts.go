package host

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// maxFactItems bounds the lists and mappings a fact is shown with. A longer one, such as everything a region offers,
// is shown as its length: the snapshot, which the decision names by digest, has it whole.
const maxFactItems = 32

// facts shows the facts a rule reads with their values at a site and their sources.
func (q *question) facts(e *epoch, j *judged, read []rego.Fact) []placement.Fact {
	if q.quiet {
		return nil
	}
	facts := make([]placement.Fact, 0, len(read))
	for _, f := range read {
		path, value := e.engine.Value(f, j.doc)
		if path == "site.id" {
			continue // the site's name is no fact about it
		}
		fact := placement.Fact{Path: path, Source: q.factSource(path, j)}
		if value != nil {
			fact.Value = shown(value)
		}
		facts = append(facts, fact)
	}
	return facts
}

// shown is a value as a decision prints it.
func shown(t *ast.Term) any {
	if c, ok := t.Value.(interface{ Len() int }); ok && c.Len() > maxFactItems {
		return map[string]any{"length": float64(c.Len())}
	}
	v, err := ast.JSON(t.Value)
	if err != nil {
		return nil
	}
	return plain(v)
}

// plain turns OPA's numbers into float64, which canonical JSON prints the one way.
func plain(v any) any {
	switch v := v.(type) {
	case interface{ Float64() (float64, error) }:
		f, err := v.Float64()
		if err != nil {
			return nil
		}
		return f
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// factSource names where a fact comes from, as far as the topology says.
func (q *question) factSource(path string, j *judged) string {
	root, rest, _ := strings.Cut(path, ".")
	switch root {
	case "site":
		switch rest {
		case "":
			return ""
		case "offers":
			return q.offersSource(j)
		}
		return q.snap.FactSource(j.row, rest)
	case "topology":
		return q.topologySource(rest)
	}
	return ""
}

// offersSource names the sources of input.site.offers, which tells of the component's services alone.
func (q *question) offersSource(j *judged) string {
	var ids []string
	for i := range q.components {
		if q.components[i].Name != j.result.Component {
			continue
		}
		for _, k := range q.components[i].services {
			ids = append(ids, strings.Split(q.snap.FactSource(j.row, "offers."+q.snap.ServiceID(k)), ",")...)
		}
	}
	slices.Sort(ids)
	return strings.Trim(strings.Join(slices.Compact(ids), ","), ",")
}

// topologySource names the sources of a fact of data.topology: of a site's or a service's fact, or of the
// adequacy findings of a jurisdiction.
func (q *question) topologySource(path string) string {
	parts := strings.Split(path, ".")
	if len(parts) < 3 {
		return ""
	}
	switch parts[0] {
	case "sites":
		if r, ok := q.snap.Site(parts[1]); ok {
			return q.snap.FactSource(r, strings.Join(parts[2:], "."))
		}
	case "services":
		if k, ok := q.snap.Service(parts[1]); ok {
			return q.snap.ServiceFactSource(k, strings.Join(parts[2:], "."))
		}
	case "jurisdictions":
		if strings.HasPrefix(parts[2], "adequate") {
			return q.adequacySources(parts[1])
		}
	}
	return ""
}

func (q *question) adequacySources(by string) string {
	var ids []string
	for f := range q.snap.Adequacies() {
		if q.snap.JurisdictionID(f.By) == by && f.Source != "" {
			ids = append(ids, f.Source)
		}
	}
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), ",")
}

// unknownFacts lists the facts that are unknown and leave a policy open at a site.
func unknownFacts(r *rego.Result) []string {
	var open []string
	for _, f := range r.Denies {
		open = append(open, f.Unknown...)
	}
	slices.Sort(open)
	return slices.Compact(open)
}
