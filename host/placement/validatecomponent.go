package placement

import (
	"slices"
	"strings"
)

func (c *checker) component(p string, m *Component, data, components []string) {
	c.unique(p+"/services", m.Services)
	c.unique(p+"/data", m.Data)
	for i, name := range m.Data {
		c.resolve(index(p+"/data", i), "data set", name, data)
	}
	if m.Copies.Max < m.Copies.Min {
		c.errorf(p+"/copies/max", "max is %d, less than min, which is %d", m.Copies.Max, m.Copies.Min)
	}
	if len(m.Roles) > m.Copies.Max {
		c.errorf(p+"/roles", "%d roles for at most %d copies; raise copies.max or remove roles", len(m.Roles), m.Copies.Max)
	}
	if !slices.ContainsFunc(m.Roles[:min(len(m.Roles), max(m.Copies.Min, 1))], placesAlone) && len(m.Roles) > 0 {
		c.errorf(p+"/roles", "none of the first %d copies is a primary, replica or voter; what nobody serves from cannot be placed", max(m.Copies.Min, 1))
	}
	if ms := m.Latency.MaxMs; ms != nil {
		c.time(p+"/latency/maxMs", "maxMs", *ms)
	}
	if m.Capacity != nil {
		c.capacity(p+"/capacity", m.Capacity)
	}
	if _, ok := decimals(m.Units); !ok {
		c.errorf(p+"/units", "units has more than %d decimals", MaxDecimals)
	} else if m.Units == 0 || m.Units > MaxUnits {
		c.errorf(p+"/units", "units must be more than 0 and at most %d", MaxUnits)
	}
	c.atTheEdge(p, m)
	c.dependencies(p+"/dependsOn", m, components)
}

// placesAlone reports whether a copy of a role both serves and holds data.
func placesAlone(role string) bool {
	return role == RolePrimary || role == RoleReplica || role == RoleVoter
}

// time refuses limits that no time can be compared with exactly.
func (c *checker) time(p, name string, ms float64) {
	if d, _ := decimals(ms); ms == 0 {
		c.errorf(p, "%s must be more than 0; remove it for no limit", name)
	} else if d > MaxLatencyDecimals {
		c.errorf(p, "%s has more than %d decimals; times are known to the microsecond", name, MaxLatencyDecimals)
	}
}

// atTheEdge checks what only some tiers have.
func (c *checker) atTheEdge(p string, m *Component) {
	if m.DisconnectedHours > 0 && m.Tier != TierOutpost && m.Tier != TierLowest {
		c.errorf(p+"/disconnectedHours", "only an Outpost goes on when it is cut off; use tier: outpost, or remove disconnectedHours")
	}
	if _, ok := decimals(m.Latency.CacheHitRatio); !ok {
		c.errorf(p+"/latency/cacheHitRatio", "cacheHitRatio has more than %d decimals", MaxDecimals)
	}
	for _, f := range []struct {
		name string
		set  bool
	}{{"accelerated", m.Latency.Accelerated}, {"cacheHitRatio", m.Latency.CacheHitRatio > 0}} {
		switch {
		case f.set && m.Tier == TierEdgeLocation:
			c.errorf(p+"/latency/"+f.name, "the component is at the edge itself; remove %s, or place it on another tier", f.name)
		case f.set && !m.IsUserFacing():
			c.errorf(p+"/latency/"+f.name, "no users call the component; remove %s, or give the request users and the component userFacing: true", f.name)
		}
	}
}

// capacity refuses loads that cannot be compared exactly: a limit that is not
// understood must not become no limit.
func (c *checker) capacity(p string, m *Capacity) {
	if m.PerCopy == 0 {
		c.errorf(p+"/perCopy", "perCopy must be more than 0")
	}
	if _, _, ok := Scale([]float64{m.Needed, m.PerCopy}); !ok {
		c.errorf(p, "needed and perCopy may have at most %d decimals, and together no more than %d once scaled to whole numbers; use a larger unit", MaxDecimals, int64(MaxTotalWeight))
	}
}

func (c *checker) dependencies(p string, m *Component, components []string) {
	seen := map[string]bool{}
	for i, d := range m.DependsOn {
		at := index(p, i) + "/component"
		c.resolve(at, "component", d.Component, components)
		if d.Component == m.Name {
			c.errorf(at, "the component depends on itself")
		} else if seen[d.Component] {
			c.errorf(at, "%q is listed twice", d.Component)
		}
		seen[d.Component] = true
		if ms := d.MaxMs; ms != nil {
			c.time(index(p, i)+"/maxMs", "maxMs", *ms)
		}
	}
}

// cycles reports one dependency on each cycle: the one that closes it, walking
// components in the order written.
func (c *checker) cycles(components []Component) {
	at := make(map[string]int, len(components))
	for i := range components {
		at[components[i].Name] = i
	}
	const (
		open = iota + 1
		done
	)
	state := make([]int, len(components))
	var path []string
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		path = append(path, components[i].Name)
		for j, d := range components[i].DependsOn {
			next, known := at[d.Component]
			switch {
			case !known || next == i:
			case state[next] == open:
				p := index(index("/spec/components", i)+"/dependsOn", j) + "/component"
				c.errorf(p, "the dependencies go round in a circle: %s", circle(path, d.Component))
			case state[next] == 0:
				visit(next)
			}
		}
		path = path[:len(path)-1]
		state[i] = done
	}
	for i := range components {
		if state[i] == 0 {
			visit(i)
		}
	}
}

// circle shows the part of path from name on, and name again.
func circle(path []string, name string) string {
	for i := range path {
		if path[i] == name {
			path = path[i:]
			break
		}
	}
	return strings.Join(path, " → ") + " → " + name
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// escape makes a name a segment of a JSON pointer.
func escape(name string) string { return pointerEscaper.Replace(name) }
