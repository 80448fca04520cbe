package rego

import "slices"

// asked keeps what a policy reads of the request and of the component: its input but for what is judged and its own settings.
func asked(reads readSet) []read {
	var out []read
	for _, r := range reads {
		if r.path.root == rootInput && (len(r.path.elems) == 0 || r.path.elems[0].name != "settings" && !isSubject(r.path.elems[0].name)) {
			out = append(out, r)
		}
	}
	return out
}

// tables keeps which parts of data.topology a policy reads, such as "sites"; "" stands for any of them.
func tables(reads readSet) []string {
	var out []string
	for _, r := range reads {
		switch {
		case r.path.root != rootTopology:
		case len(r.path.elems) == 0 || r.path.elems[0].kind != elemName:
			out = append(out, "")
		default:
			out = append(out, r.path.elems[0].name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ReadsTable reports whether any policy may read a part of data.topology, such as "sites". Policies of other engines are not
// looked at.
func (p *Program) ReadsTable(name string) bool {
	return slices.ContainsFunc(p.policies, func(cp *compiledPolicy) bool {
		return slices.Contains(cp.tables, name) || slices.Contains(cp.tables, "")
	})
}

// Asks lists the policies, sorted by id, that read a place of their input such as component.copies.max, or one above or
// below it: no other policy says anything else where only that place is changed. Policies of other engines are not among
// them.
func (p *Program) Asks(place ...string) []string {
	var ids []string
	for _, cp := range p.policies {
		if slices.ContainsFunc(cp.asked, func(r read) bool { return r.touches(place) }) {
			ids = append(ids, cp.policy.ID)
		}
	}
	return ids
}

// touches reports whether what is read depends on a place of the input. That a document the place is in is there at all
// does not.
func (r read) touches(place []string) bool {
	n := min(len(place), len(r.path.elems))
	for i, e := range r.path.elems[:n] {
		if e.kind != elemName || e.name != place[i] {
			return e.kind != elemName
		}
	}
	return !r.presence || len(r.path.elems) > 1
}
