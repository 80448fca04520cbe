package placement

import "strings"

// Unsupported lists what the request asks that the engines of this version do
// not act on, each with its place and what to do about it; nil if there is
// nothing. It never overlaps with what Decode refuses: such a request is
// well-formed and another version may serve it.
func (r *Request) Unsupported() error {
	c := &checker{node: r.node}
	s := &r.Spec
	for i := range s.Components {
		c.unsupported(index("/spec/components", i), &s.Components[i])
	}
	return c.errs.Sorted()
}

// remove says that a field is to be removed.
func (c *checker) remove(pointer, what string) {
	c.errorf(pointer, "%s is not supported by this version: remove it", what)
}

func (c *checker) unsupported(p string, m *Component) {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"latency/percentile", m.Latency.Percentile != nil},
	} {
		if f.set {
			c.remove(p+"/"+f.name, dotted(f.name))
		}
	}
}

// dotted turns a pointer's segments into the way a field is spoken of.
func dotted(pointer string) string { return strings.ReplaceAll(pointer, "/", ".") }
