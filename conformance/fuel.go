package conformance

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host"
)

// Fuel bounds what a plugin takes.
type Fuel struct {
	// Max is the most fuel that one call of a plugin may take.
	Max int64 `json:"max" omit:"required" min:"1"`
}

// Witness is an engine that tells which calls of plugins it made.
type Witness interface {
	// Calls are those of the decision that was made last, initialisations left out.
	Calls() []host.PluginCall
}

// calls are an engine's, nil if it does not tell.
func calls(e Engine) []host.PluginCall {
	if w, ok := e.(Witness); ok {
		return w.Calls()
	}
	return nil
}

// costliest is the call that took most fuel; nil if there was none.
func costliest(list []host.PluginCall) *host.PluginCall {
	var most *host.PluginCall
	for i := range list {
		if most == nil || list[i].Fuel > most.Fuel {
			most = &list[i]
		}
	}
	return most
}

// compare is the difference between the fuel that calls may take and what they took.
func (f *Fuel) compare(list []host.PluginCall) []Difference {
	most := costliest(list)
	switch {
	case f == nil:
		return nil
	case most == nil:
		return []Difference{{Path: "fuel", Want: fmt.Sprintf("a call that takes at most %d", f.Max)}}
	case most.Fuel > f.Max:
		return []Difference{{Path: "fuel", Want: fmt.Sprintf("at most %d", f.Max), Got: asked(most)}}
	}
	return nil
}

// asked is a call and its fuel in a line.
func asked(c *host.PluginCall) string {
	about := ""
	if c.Component != "" {
		about = " of " + c.Component
	}
	return fmt.Sprintf("%d for %s, hook %s, %d rows%s", c.Fuel, c.Policy, c.Hook, c.Rows, about)
}

// burnt compares the fuel of calls with the first engine's; the first calls it sees are those.
func (a *agreement) burnt(list []host.PluginCall) []Difference {
	now := []string{} // not nil
	for i := range list {
		now = append(now, asked(&list[i]))
	}
	if a.fuel == nil {
		a.fuel = now
		return nil
	}
	if slices.Equal(a.fuel, now) {
		return nil
	}
	var out []Difference
	for i := range max(len(a.fuel), len(now)) {
		want, got := at(a.fuel, i), at(now, i)
		if want != got {
			out = append(out, Difference{Path: fmt.Sprintf("calls[%d]", i), Want: want, Got: got, As: a.engine})
		}
	}
	return out
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
