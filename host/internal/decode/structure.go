package decode

import "reflect"

// structure decodes a mapping into a struct.
func (d *decoder) structure(n *Node, v reflect.Value) {
	p, err := planOf(v.Type())
	if err != nil {
		d.typeFault(err)
		return
	}
	if n.kind != Mapping {
		d.errorf(n, "expected a mapping, found %s", n.describe())
		return
	}
	if p.pos != nil {
		*v.FieldByIndex(p.pos).Addr().Interface().(*Pos) = n.Pos() // Set would allocate
	}
	seen := d.marks(len(p.fields))
	defer d.release(len(p.fields))
	var given Given
	for i := range n.keys {
		k := n.keys[i]
		at, ok := p.byName[k.name]
		if !ok {
			d.push(k.name, -1)
			d.errorf(&Node{from: n.from, line: k.line, column: k.column},
				"unknown field %s%s", quote(k.name), DidYouMean(k.name, p.names))
			d.pop()
			continue
		}
		f := &p.fields[at]
		seen[at] = true
		if p.given != nil {
			given.Written |= 1 << at
			if kid := &n.kids[i]; d.partial && kid.kind == Scalar && kid.style == null {
				given.Retracted |= 1 << at
				continue
			}
		}
		d.push(f.name, -1)
		d.value(&n.kids[i], v.FieldByIndex(f.index), f)
		d.pop()
	}
	if p.given != nil {
		*v.FieldByIndex(p.given).Addr().Interface().(*Given) = given
		if d.partial {
			return
		}
	}
	d.fillOmitted(n, v, p, seen)
}

// marks returns n cleared marks from a stack that all levels share.
func (d *decoder) marks(n int) []bool {
	at := len(d.seen)
	for range n {
		d.seen = append(d.seen, false)
	}
	return d.seen[at:]
}

func (d *decoder) release(n int) { d.seen = d.seen[:len(d.seen)-n] }

// fillOmitted fills defaults and reports required fields that are missing.
func (d *decoder) fillOmitted(n *Node, v reflect.Value, p *structPlan, seen []bool) {
	if i := p.discriminator; i >= 0 && !seen[i] && p.fields[i].hasDef {
		d.setDefault(v.FieldByIndex(p.fields[i].index), &p.fields[i])
	}
	kind := p.kindOf(v)
	list, ok := p.omittedByKind[kind]
	if !ok {
		list = p.omitted
	}
	for _, i := range list {
		if seen[i] {
			continue
		}
		f := &p.fields[i]
		switch {
		case f.omit.of(kind) == omitRequired:
			if f.omit.byKind != nil && kind != "" {
				d.errorf(n, "field %q is missing; %s %s needs it", f.name, article(kind), kind)
			} else {
				d.errorf(n, "field %q is missing; it is required", f.name)
			}
		case f.hasDef:
			d.setDefault(v.FieldByIndex(f.index), f)
		case f.typ.Kind() == reflect.Struct:
			d.fillDefaults(v.FieldByIndex(f.index))
		}
	}
}

// kindOf returns the value of the discriminator, "" if there is none.
func (p *structPlan) kindOf(v reflect.Value) string {
	if p.discriminator < 0 {
		return ""
	}
	return v.FieldByIndex(p.fields[p.discriminator].index).String()
}

// fillDefaults fills the defaults of a struct that was left out as a whole.
func (d *decoder) fillDefaults(v reflect.Value) {
	p, err := planOf(v.Type())
	if err != nil {
		d.typeFault(err)
		return
	}
	for i := range p.fields {
		f := &p.fields[i]
		switch {
		case f.hasDef:
			d.setDefault(v.FieldByIndex(f.index), f)
		case f.typ.Kind() == reflect.Struct:
			d.fillDefaults(v.FieldByIndex(f.index))
		}
	}
}

// setDefault fills a scalar from its default tag, as if it had been written
// there unquoted.
func (d *decoder) setDefault(v reflect.Value, f *fieldPlan) {
	n := Node{style: plain, text: f.def}
	d.value(&n, v, f)
}

func article(word string) string {
	switch word[0] {
	case 'a', 'e', 'i', 'o', 'u':
		return "an"
	}
	return "a"
}
