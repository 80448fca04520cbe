package decode

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// structPlan is what the tags of one struct type say, worked out once.
type structPlan struct {
	fields        []fieldPlan
	byName        map[string]int
	names         []string // sorted, for suggestions
	pos           []int    // index of the field that receives the position, or nil
	given         []int    // index of the field that receives which fields were written, or nil
	discriminator int      // index into fields, or -1

	// Fields that do not simply stay zero when they are left out: required ones, and those with a
	// default; by kind where that differs. Most fields of most rows are left out.
	omitted       []int
	omittedByKind map[string][]int
}

type fieldPlan struct {
	name          string
	index         []int
	typ           reflect.Type
	doc           string
	omit          omission
	def           string
	hasDef        bool
	rules         rules
	minItems      int
	discriminator bool
}

// rules are the constraints on a scalar, or on each element of a list.
type rules struct {
	enum     []string
	min, max *float64
	format   string
}

// omission says what leaving a field out means, by kind where that differs.
type omission struct {
	all    string            // for every kind not in byKind
	byKind map[string]string // nil when it is the same for all
}

func (o omission) of(kind string) string {
	if m, ok := o.byKind[kind]; ok {
		return m
	}
	return o.all
}

const (
	omitRequired = "required"
	omitDefault  = "default"
	omitNone     = "none"
)

var omitMeanings = []string{omitDefault, "inapplicable", "inherited", omitNone, omitRequired, "unknown"}

var formats = []string{"date", "date-time", "digest", "id", "text"}

var (
	posType         = reflect.TypeFor[Pos]()
	givenType       = reflect.TypeFor[Given]()
	unmarshalerType = reflect.TypeFor[Unmarshaler]()
	schemerType     = reflect.TypeFor[Schemer]()
)

type planResult struct {
	plan *structPlan
	err  error
}

var plans sync.Map // reflect.Type → planResult

// planOf returns the plan of a struct type. An error is a mistake in its tags.
func planOf(t reflect.Type) (*structPlan, error) {
	if r, ok := plans.Load(t); ok {
		return r.(planResult).plan, r.(planResult).err
	}
	p := &structPlan{byName: map[string]int{}, discriminator: -1}
	err := p.add(t, nil)
	if err == nil && p.given != nil && len(p.fields) > maxGiven {
		err = fmt.Errorf("decode: %s has %d fields, and a Given tells only %d apart", t, len(p.fields), maxGiven)
	}
	slices.Sort(p.names)
	p.omitted = p.whenOmitted("")
	p.omittedByKind = map[string][]int{}
	for i := range p.fields {
		for kind := range p.fields[i].omit.byKind {
			p.omittedByKind[kind] = p.whenOmitted(kind)
		}
	}
	plans.Store(t, planResult{p, err})
	return p, err
}

// whenOmitted lists the fields that something must be done about when they are left out.
func (p *structPlan) whenOmitted(kind string) []int {
	var list []int
	for i := range p.fields {
		f := &p.fields[i]
		if f.hasDef || f.typ.Kind() == reflect.Struct || f.omit.of(kind) == omitRequired {
			list = append(list, i)
		}
	}
	return list
}

// add adds the fields of t, reached by index, embedded structs inlined.
func (p *structPlan) add(t reflect.Type, index []int) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		if sf.Tag.Get("decode") == "pos" {
			if sf.Type != posType {
				return fmt.Errorf("decode: %s.%s: decode:\"pos\" is for a field of type Pos", t, sf.Name)
			}
			p.pos = at
			continue
		}
		if sf.Tag.Get("decode") == "given" {
			if sf.Type != givenType {
				return fmt.Errorf("decode: %s.%s: decode:\"given\" is for a field of type Given", t, sf.Name)
			}
			p.given = at
			continue
		}
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct {
			if err := p.add(sf.Type, at); err != nil {
				return err
			}
			continue
		}
		if !sf.IsExported() {
			continue
		}
		if name == "" {
			name = sf.Name
		}
		f := fieldPlan{name: name, index: at, typ: sf.Type}
		if err := f.read(sf.Tag); err != nil {
			return fmt.Errorf("decode: %s.%s: %w", t, sf.Name, err)
		}
		if _, dup := p.byName[name]; dup {
			return fmt.Errorf("decode: %s.%s: a second field named %q", t, sf.Name, name)
		}
		if f.discriminator {
			p.discriminator = len(p.fields)
		}
		p.byName[name] = len(p.fields)
		p.names = append(p.names, name)
		p.fields = append(p.fields, f)
	}
	return nil
}

func (f *fieldPlan) read(tag reflect.StructTag) error {
	f.doc = tag.Get("doc")
	if f.discriminator = tag.Get("discriminator") == "true"; f.discriminator && f.typ.Kind() != reflect.String {
		return fmt.Errorf("a discriminator must be a string")
	}
	f.def, f.hasDef = tag.Lookup("default")
	if e := tag.Get("enum"); e != "" {
		f.rules.enum = strings.Split(e, "|")
	}
	if f.rules.format = tag.Get("format"); f.rules.format != "" && !slices.Contains(formats, f.rules.format) {
		return fmt.Errorf("unknown format %q", f.rules.format)
	}
	var err error
	if f.rules.min, err = bound(tag, "min"); err != nil {
		return err
	}
	if f.rules.max, err = bound(tag, "max"); err != nil {
		return err
	}
	if s := tag.Get("minItems"); s != "" {
		if f.minItems, err = strconv.Atoi(s); err != nil {
			return fmt.Errorf("minItems %q is not a whole number", s)
		}
	}
	if f.omit, err = parseOmission(tag.Get("omit"), f.hasDef); err != nil {
		return err
	}
	if f.hasDef {
		return f.checkDefault()
	}
	return nil
}

// checkDefault refuses a default that the field itself would refuse.
func (f *fieldPlan) checkDefault() error {
	d := decoder{}
	d.setDefault(reflect.New(f.typ).Elem(), f)
	if len(d.errs) > 0 {
		return fmt.Errorf("default %q: %s", f.def, d.errs[0].Msg)
	}
	return d.fault
}

func bound(tag reflect.StructTag, name string) (*float64, error) {
	s := tag.Get(name)
	if s == "" {
		return nil, nil
	}
	v, err := parseFloat(s)
	if err != nil {
		return nil, fmt.Errorf("%s %q is not a number", name, s)
	}
	return &v, nil
}

func parseOmission(s string, hasDefault bool) (omission, error) {
	o := omission{all: omitNone}
	if hasDefault {
		o.all = omitDefault
	}
	if s == "" {
		return o, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		kind, meaning, perKind := strings.Cut(part, "=")
		if !perKind {
			kind, meaning = "*", part
		}
		if !slices.Contains(omitMeanings, meaning) {
			return o, fmt.Errorf("omit says %q%s", meaning, DidYouMean(meaning, omitMeanings))
		}
		if kind == "*" {
			o.all = meaning
			continue
		}
		if o.byKind == nil {
			o.byKind = map[string]string{}
		}
		o.byKind[kind] = meaning
	}
	return o, nil
}
