package plan

import "github.com/open-policy-agent/opa/v1/ast"

// Member is one member of a set.
type Member struct {
	Value Value
	Sure  bool
}

// Members lists the members of a set, the known ones in OPA's order, and says
// whether it may have others. ok is false if the value may be no set.
func Members(v Value) (members []Member, more, ok bool) {
	if kindOf(v) != setKind {
		return nil, true, false
	}
	s := open(v).(*Set)
	for _, i := range sorted(s.Keys.Terms) {
		members = append(members, Member{s.Keys.Terms[i], s.Sure[i]})
	}
	for i, m := range s.Vague {
		members = append(members, Member{m, s.VagueSure[i]})
	}
	return members, s.Open, true
}

// Shown returns a term that shows a value to people: text with "unknown" in it,
// or an object of such. ok is false for anything else that is not known.
func Shown(v Value) (t *ast.Term, ok bool) {
	if t, ok := known(v); ok {
		return t, true
	}
	switch v := open(v).(type) {
	case *Text:
		return ast.StringTerm(v.Rendered), true
	case *Object:
		obj := ast.NewObject()
		for i, k := range v.Keys.Terms {
			t, ok := Shown(v.Vals[i])
			if !ok {
				t = ast.StringTerm(Render(v.Vals[i]))
			}
			obj.Insert(k, t)
		}
		return ast.NewTerm(obj), !v.Open && all(v.Sure)
	}
	return nil, false
}
