package conformance

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/strict"
)

// Plugin is a plugin that takes part in a case. It is granted every capability that its manifest asks for.
type Plugin struct {
	// Name stands for the file in errors.
	Name string
	// Module is the wasm binary, its manifest inside. It must not change.
	Module []byte
}

// pluginDocument is a file of a plugin's cases as it is written. It is a document that says two things more: where a
// request is, and how much fuel a call may take.
type pluginDocument struct {
	APIVersion string          `json:"apiVersion" omit:"required" enum:"bailiwick/v1"`
	Kind       string          `json:"kind" omit:"required" enum:"PluginCases"`
	Topology   topologyDoc     `json:"topology" omit:"none"`
	Policies   policiesDoc     `json:"policies" omit:"none"`
	Cases      []pluginCaseDoc `json:"cases" omit:"required" minItems:"1"`
}

// pluginCaseDoc is a case of a plugin as it is written.
type pluginCaseDoc struct {
	At          strict.Pos                `json:"-" decode:"pos"`
	ID          string                    `json:"id" omit:"required" format:"id"`
	Title       string                    `json:"title" omit:"required" format:"text"`
	Topology    topologyDoc               `json:"topology" omit:"none"`
	Policies    policiesDoc               `json:"policies" omit:"none"`
	Settings    map[string]map[string]any `json:"settings" omit:"none"`
	Request     *placement.Spec           `json:"request,omitempty" omit:"none"`
	RequestFrom string                    `json:"requestFrom" omit:"none" format:"text"`
	Expect      pluginExpect              `json:"expect" omit:"required"`
}

type pluginExpect struct {
	Expect
	MaxFuel *Fuel `json:"fuel,omitempty" omit:"none"`
}

// PluginCasesFile reports whether a file of that name holds cases of the plugin beside it: cases.yaml or NAME_cases.yaml,
// or the same with .yml or .json.
func PluginCasesFile(name string) bool {
	base, ok := strings.CutSuffix(name, path.Ext(name))
	return ok && slices.Contains(extensions, path.Ext(name)) && (base == "cases" || strings.HasSuffix(base, "_cases")) && !strings.HasPrefix(name, ".")
}

// LoadPluginCases reads the cases of a plugin from a directory: the files that [PluginCasesFile] names, in lexical order,
// none of those in directories below it. The plugin takes part in every case. The name prefixes file names in errors,
// which list every fault with file and line.
func LoadPluginCases(p Plugin, name string, files fs.FS) ([]*Case, error) {
	l := loader{name: name, files: files, shared: map[string]*compiled{}, plugin: &p}
	list, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	for _, d := range list {
		if !d.IsDir() && PluginCasesFile(d.Name()) {
			if err := l.add(d.Name()); err != nil {
				return nil, fmt.Errorf("conformance: %w", err)
			}
		}
	}
	return l.loaded("cases.yaml or NAME_cases.yaml")
}

// read decodes the document as another that says the same, with requests read from where they are.
func (w *pluginDocument) read(d *decoder, name string, text []byte) error {
	if err := strict.Decode(name, text, w); err != nil {
		return err
	}
	d.doc = document{APIVersion: w.APIVersion, Kind: w.Kind, Topology: w.Topology, Policies: w.Policies}
	for i := range w.Cases {
		c := &w.Cases[i]
		d.doc.Cases = append(d.doc.Cases, caseDoc{
			At: c.At, ID: c.ID, Title: c.Title, Topology: c.Topology, Policies: c.Policies, Settings: c.Settings, Expect: c.Expect.Expect,
		})
		to := &d.doc.Cases[i]
		to.Expect.Fuel = c.Expect.MaxFuel
		switch {
		case c.Request != nil && c.RequestFrom != "":
			d.fail(i, "/requestFrom", "the request is given already; keep one of request and requestFrom")
		case c.Request != nil:
			to.Request = *c.Request
		case c.RequestFrom == "":
			d.fail(i, "", "there is no request; say request, the spec of one, or requestFrom, a file")
		default:
			req, err := d.requestFile(c.RequestFrom)
			if err != nil {
				d.fail(i, "/requestFrom", "%v", err)
				continue
			}
			to.Request = req.Spec
		}
	}
	return d.errs.Sorted()
}

// grants are all capabilities that the plugins of a set ask for.
func grants(set *policy.Set) map[string][]string {
	out := map[string][]string{}
	for _, p := range set.Policies() {
		if p.Plugin == nil {
			continue
		}
		for _, c := range p.Plugin.Manifest.Spec.Capabilities {
			out[p.ID] = append(out[p.ID], c.Name)
		}
	}
	return out
}
