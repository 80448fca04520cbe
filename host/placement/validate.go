package placement

import (
	"fmt"
	"strconv"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// checker collects the faults of a request, each at its place.
type checker struct {
	node *decode.Node // the document's root, or nil
	errs decode.Errors
}

func (c *checker) errorf(pointer, format string, args ...any) {
	if c.node == nil {
		c.errs = append(c.errs, &decode.Error{Pointer: pointer, Msg: fmt.Sprintf(format, args...)})
		return
	}
	c.errs = append(c.errs, c.node.At(pointer).Errorf(format, args...))
}

// unique reports elements of a list that repeat an earlier one.
func (c *checker) unique(pointer string, list []string) {
	seen := make(map[string]bool, len(list))
	for i, s := range list {
		if seen[s] {
			c.errorf(index(pointer, i), "%q is listed twice", s)
		}
		seen[s] = true
	}
}

// names reports names that repeat an earlier one and returns all of them.
func (c *checker) names(pointer, what string, count int, name func(int) string) []string {
	seen := make(map[string]bool, count)
	all := make([]string, 0, count)
	for i := range count {
		s := name(i)
		if seen[s] {
			c.errorf(index(pointer, i)+"/name", "there are two %s named %q", what, s)
			continue
		}
		seen[s] = true
		all = append(all, s)
	}
	return all
}

// resolve reports a name that is not among those known.
func (c *checker) resolve(pointer, what, name string, known []string) {
	for _, k := range known {
		if k == name {
			return
		}
	}
	c.errorf(pointer, "there is no %s %q%s", what, name, decode.DidYouMean(name, known))
}

func index(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }

// validate checks what struct tags cannot say: that names are unique and
// resolve within the request, and that values agree with each other.
func (r *Request) validate() error {
	c := &checker{node: r.node}
	s := &r.Spec
	c.unique("/spec/partitions", s.Partitions)
	c.filter(&s.Sites)
	c.users(s.Users)
	data := c.names("/spec/data", "data sets", len(s.Data), func(i int) string { return s.Data[i].Name })
	for i := range s.Data {
		c.dataSet(index("/spec/data", i), &s.Data[i])
	}
	components := c.names("/spec/components", "components", len(s.Components), func(i int) string { return s.Components[i].Name })
	for i := range s.Components {
		c.component(index("/spec/components", i), &s.Components[i], data, components)
	}
	c.cycles(s.Components)
	for name, sites := range s.Current {
		p := "/spec/current/" + escape(name)
		c.resolve(p, "component", name, components)
		c.unique(p, sites)
		if len(sites) == 0 {
			c.errorf(p, "no site is listed; name where %s runs today, or leave it out", name)
		}
	}
	for i := range s.Waivers {
		c.resolve(index("/spec/waivers", i)+"/component", "component", s.Waivers[i].Component, components)
	}
	c.objective(s)
	c.moves(s)
	return c.errs.Sorted()
}

// objective refuses to optimise what nobody sees: without users who call something, every latency is 0.
func (c *checker) objective(s *Spec) {
	facing := false
	for i := range s.Components {
		facing = facing || s.Components[i].IsUserFacing()
	}
	for _, name := range []string{ObjectiveLatency, ObjectiveLatencyWorst, ObjectiveLatencyAfterLoss} {
		if s.Objective.Has(name) && (len(s.Users) == 0 || !facing) {
			c.errorf("/spec/objective", "the objective %s needs users, and a component that faces them", name)
		}
	}
}

// moves refuses to count moves from nowhere.
func (c *checker) moves(s *Spec) {
	if s.Objective.Has(ObjectiveMoves) && len(s.Current) == 0 {
		c.errorf("/spec/objective", "the objective moves needs current, which says where components run today")
	}
}

func (c *checker) filter(f *SiteFilter) {
	c.unique("/spec/sites/include", f.Include)
	c.unique("/spec/sites/exclude", f.Exclude)
	included := make(map[string]bool, len(f.Include))
	for _, s := range f.Include {
		included[s] = true
	}
	for i, s := range f.Exclude {
		if included[s] {
			c.errorf(index("/spec/sites/exclude", i), "%q is both included and excluded", s)
		}
	}
}

func (c *checker) users(users []User) {
	if len(users) == 0 {
		return
	}
	seen := map[string]bool{}
	weights := make([]float64, len(users))
	positive, decimal := false, true
	for i := range users {
		u := &users[i]
		p := index("/spec/users", i)
		id := u.Population
		if u.Access != nil {
			id += " " + u.Access.Mobile
		}
		if seen[id] {
			c.errorf(p, "the population %q is listed twice with the same access; add the weights up", u.Population)
		}
		seen[id] = true
		if _, ok := decimals(u.Weight); !ok {
			c.errorf(p+"/weight", "the weight has more than %d decimals", MaxDecimals)
			decimal = false
		}
		positive = positive || u.Weight > 0
		weights[i] = u.Weight
	}
	if !positive {
		c.errorf("/spec/users", "at least one weight must be more than 0")
	}
	if _, _, ok := Scale(weights); decimal && !ok {
		c.errorf("/spec/users", "the weights add up to more than 2^40 once they are scaled to whole numbers; they are relative, so divide all of them or give them fewer decimals")
	}
}

func (c *checker) dataSet(p string, d *DataSet) {
	c.unique(p+"/subjects", d.Subjects)
	c.unique(p+"/residency", d.Residency)
	for i, t := range d.Transfer {
		c.unique(index(p+"/transfer", i)+"/measures", t.Measures)
		if t.Since != "" && t.Until != "" && t.Until <= t.Since {
			c.errorf(index(p+"/transfer", i)+"/until", "until %s is not after since %s", t.Until, t.Since)
		}
	}
	c.unique(p+"/processing", d.Processing)
	c.unique(p+"/logs", d.Logs)
}
