package placement

import (
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// fill fills the defaults that depend on other fields; constant ones are in the
// struct tags. In order:
//
//   - at is rewritten as RFC 3339 in UTC, so that one instant has one spelling;
//   - copies.min is 1; copies.max is copies.min, or the number of roles where
//     that is more;
//   - roles are filled up to copies.max: the first primary if none is given,
//     the others replica;
//   - userFacing is true where the request has users, else false;
//   - objective is [latency] where there are users and a user-facing component,
//     else [copies].
func (s *Spec) fill() {
	if at, ok := decode.ParseTime(s.At); ok {
		s.At = at.Format(time.RFC3339Nano)
	}
	facing := false
	for i := range s.Components {
		c := &s.Components[i]
		c.fillCopies()
		if c.UserFacing == nil {
			c.UserFacing = new(len(s.Users) > 0)
		}
		facing = facing || *c.UserFacing
	}
	if s.Objective.IsZero() {
		name := ObjectiveCopies
		if facing && len(s.Users) > 0 {
			name = ObjectiveLatency
		}
		s.Objective.Terms = []ObjectiveTerm{{Name: name}}
	}
}

func (c *Component) fillCopies() {
	if c.Copies.Min == 0 {
		c.Copies.Min = 1
	}
	if c.Copies.Max == 0 {
		c.Copies.Max = max(c.Copies.Min, len(c.Roles))
	}
	for len(c.Roles) < c.Copies.Max {
		role := RoleReplica
		if len(c.Roles) == 0 {
			role = RolePrimary
		}
		c.Roles = append(c.Roles, role)
	}
}

// DecisionTime returns when the decision is taken, and false where the request
// leaves it to the snapshot's asOf.
func (s *Spec) DecisionTime() (time.Time, bool) { return decode.ParseTime(s.At) }
