package baseline

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// cache keeps what was read of data between evaluations, which OPA's own does not
// outlive. Data never changes here. It serves one evaluation at a time.
type cache struct {
	value ast.Value
	below map[ast.Value]*cache
}

// Get returns what is known of a reference, also from what a shorter one led to.
func (c *cache) Get(ref ast.Ref) ast.Value {
	for i := range ref {
		if c = c.below[ref[i].Value]; c == nil {
			return nil
		}
		if c.value != nil {
			v, err := c.value.Find(ref[i+1:])
			if err != nil {
				return nil
			}
			return v
		}
	}
	return nil
}

// Put keeps what a reference leads to.
func (c *cache) Put(ref ast.Ref, v ast.Value) {
	for i := range ref {
		k := ref[i].Value
		next := c.below[k]
		if next == nil {
			next = &cache{}
			if c.below == nil {
				c.below = map[ast.Value]*cache{}
			}
			c.below[k] = next
		}
		c = next
	}
	c.value, c.below = v, nil
}
