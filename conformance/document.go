package conformance

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/strict"
)

// document is a file of cases as it is written. What it says beside its cases is said of each of them.
type document struct {
	APIVersion string      `json:"apiVersion" omit:"required" enum:"bailiwick/v1"`
	Kind       string      `json:"kind" omit:"required" enum:"ConformanceCases"`
	Topology   topologyDoc `json:"topology" omit:"none"`
	Policies   policiesDoc `json:"policies" omit:"none"`
	Cases      []caseDoc   `json:"cases" omit:"required" minItems:"1"`
}

// topologyDoc is what a case stands on.
type topologyDoc struct {
	// Catalogue puts the embedded AWS catalogue below.
	Catalogue bool `json:"catalogue" omit:"none"`
	// From names a directory of topology files, relative to the file of cases.
	From string `json:"from" omit:"none" format:"text"`
	// Files are topology files, text by name; they lie over From.
	Files map[string]string `json:"files" omit:"none"`
}

// policiesDoc says which policies take part.
type policiesDoc struct {
	// Standard lists ids of standard policies; "all" is all of them.
	Standard []string `json:"standard" omit:"none" format:"id"`
	// Modules are Rego modules, text by file name.
	Modules map[string]string `json:"modules" omit:"none"`
}

// caseDoc is a case as it is written.
type caseDoc struct {
	At       strict.Pos                `json:"-" decode:"pos"`
	ID       string                    `json:"id" omit:"required" format:"id"`
	Title    string                    `json:"title" omit:"required" format:"text"`
	Topology topologyDoc               `json:"topology" omit:"none"`
	Policies policiesDoc               `json:"policies" omit:"none"`
	Settings map[string]map[string]any `json:"settings" omit:"none"`
	Request  placement.Spec            `json:"request" omit:"required"`
	Expect   Expect                    `json:"expect" omit:"required"`
}

// allStandard stands for every standard policy.
const allStandard = "all"

// decoder turns one document into cases.
type decoder struct {
	doc document
	dir func(from string) (map[string]string, error) // the files of a directory beside the document
	// shared keeps one compiled topology for each that cases name.
	shared map[string]*compiled
	plugin *Plugin // whose cases they are; nil: nobody's
	errs   strict.Errors

	requestFile func(from string) (*placement.Request, error)
}

// decode reads one file of cases.
func (d *decoder) decode(name string, text []byte) ([]*Case, error) {
	if d.plugin != nil {
		if err := new(pluginDocument).read(d, name, text); err != nil {
			return nil, err
		}
	} else if err := strict.Decode(name, text, &d.doc); err != nil {
		return nil, err
	}
	var cases []*Case
	for i := range d.doc.Cases {
		cases = append(cases, d.one(i))
	}
	return cases, d.errs.Sorted()
}

// fail reports a fault of case i.
func (d *decoder) fail(i int, pointer, format string, args ...any) {
	d.errs = append(d.errs, &strict.Error{
		Pos: d.doc.Cases[i].At, Pointer: fmt.Sprintf("/cases/%d%s", i, pointer), Msg: fmt.Sprintf(format, args...),
	})
}

// one makes a case of what is written of it and of all.
func (d *decoder) one(i int) *Case {
	w := &d.doc.Cases[i]
	c := &Case{
		ID: w.ID, Title: w.Title, Place: fmt.Sprintf("%s:%d", w.At.File, w.At.Line), Settings: w.Settings, Expect: w.Expect,
		Catalogue: d.doc.Topology.Catalogue || w.Topology.Catalogue,
	}
	if d.plugin != nil {
		c.Plugins = []Plugin{*d.plugin}
	}
	d.layers(i, c, &d.doc.Topology)
	d.layers(i, c, &w.Topology)
	if !c.Catalogue && len(c.Layers) == 0 {
		d.fail(i, "/topology", "there is no topology: say catalogue: true, or give from or files, here or for the whole file")
	}
	d.policies(i, c, &w.Policies)
	d.request(i, c)
	d.expect(i, c)
	c.compiled = d.compiled(c)
	return c
}

// layers adds the layers of a topology.
func (d *decoder) layers(i int, c *Case, t *topologyDoc) {
	if t.From != "" {
		files, err := d.dir(t.From)
		if err != nil {
			d.fail(i, "/topology/from", "%v", err)
		}
		c.Layers = append(c.Layers, Layer{Name: t.From, Files: files})
	}
	if len(t.Files) > 0 {
		if _, err := inMemory(t.Files); err != nil {
			d.fail(i, "/topology/files", "%v", err)
		}
		c.Layers = append(c.Layers, Layer{Name: "case", Files: t.Files})
	}
}

// policies adds what takes part in the file and in the case.
func (d *decoder) policies(i int, c *Case, w *policiesDoc) {
	known, err := standardIDs()
	if err != nil {
		d.fail(i, "/policies", "%v", err)
	}
	for _, id := range slices.Concat(d.doc.Policies.Standard, w.Standard) {
		switch {
		case id == allStandard:
			c.Standard = slices.Clone(known)
		case !slices.Contains(known, id):
			d.fail(i, "/policies/standard", "no standard policy is called %q%s", id, strict.DidYouMean(id, known))
		case !slices.Contains(c.Standard, id):
			c.Standard = append(c.Standard, id)
		}
	}
	c.Modules = maps.Clone(d.doc.Policies.Modules)
	for name, text := range w.Modules {
		if _, twice := c.Modules[name]; twice {
			d.fail(i, "/policies/modules", "%s is given for the whole file too; rename one", name)
		}
		if c.Modules == nil {
			c.Modules = map[string]string{}
		}
		c.Modules[name] = text
	}
	for name := range c.Modules {
		if !strings.HasSuffix(name, ".rego") || strings.HasSuffix(name, "_test.rego") {
			d.fail(i, "/policies/modules", "%q would not be read: a module is called NAME.rego, and is no test", name)
		}
	}
	if _, err := inMemory(c.Modules); err != nil {
		d.fail(i, "/policies/modules", "%v", err)
	}
}

// request checks the request, which is named after its case.
func (d *decoder) request(i int, c *Case) {
	w := &d.doc.Cases[i]
	var err error
	c.Request, err = placement.New(placement.Request{Metadata: placement.Metadata{Name: w.ID}, Spec: w.Request})
	var faults strict.Errors
	switch {
	case errors.As(err, &faults):
		for _, f := range faults {
			d.fail(i, "/request"+strings.TrimPrefix(f.Pointer, "/spec"), "%s", f.Msg)
		}
	case err != nil:
		d.fail(i, "/request", "%v", err)
	}
}

// expect checks what is expected, and fills in the component where there is one.
func (d *decoder) expect(i int, c *Case) {
	e := &c.Expect
	switch {
	case e.nothing():
		d.fail(i, "/expect", "nothing is expected, so that any answer would pass; say verdict, sites, copies or error")
	case e.Error != "" && e.ErrorContains != "":
		d.fail(i, "/expect", "error says the whole text and errorContains a part of it; keep one")
	case e.failure() && (e.Verdict != "" || e.Sites != nil || e.Copies != nil || e.Assumed != nil || e.Waived != nil || e.Fuel != nil):
		d.fail(i, "/expect", "an error comes in place of a decision; expect one of them")
	}
	var names []string
	for _, k := range d.doc.Cases[i].Request.Components {
		names = append(names, k.Name)
	}
	seen := map[[2]string]bool{}
	for k := range e.Sites {
		s, at := &e.Sites[k], fmt.Sprintf("/expect/sites/%d", k)
		switch {
		case s.Component == "" && len(names) == 1:
			s.Component = names[0]
		case s.Component == "":
			d.fail(i, at, "the request has several components; say which")
		}
		d.component(i, at+"/component", s.Component, names)
		if s.nothing() {
			d.fail(i, at, "nothing is expected of %s; say verdict, score, reasons, warnings or obligations", s.Site)
		}
		if key := [2]string{s.Site, s.Component}; seen[key] {
			d.fail(i, at, "%s is expected twice; keep one", s.name())
		} else {
			seen[key] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Copies)) {
		d.component(i, "/expect/copies/"+name, name, names)
	}
}

func (d *decoder) component(i int, pointer, name string, known []string) {
	if name != "" && !slices.Contains(known, name) {
		d.fail(i, pointer, "the request has no component %q%s", name, strict.DidYouMean(name, known))
	}
}

// compiled returns the topology that every case with these layers shares.
func (d *decoder) compiled(c *Case) *compiled {
	key := fmt.Sprintf("%t %q", c.Catalogue, c.Layers)
	if d.shared[key] == nil {
		d.shared[key] = &compiled{}
	}
	return d.shared[key]
}
