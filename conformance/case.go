package conformance

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"golang.org/x/tools/txtar"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// Case is one question with its answer. Engines read it and must not change it.
type Case struct {
	// ID names the case; unique among those that run together.
	ID string
	// Title says in a line what the case pins down.
	Title string
	// Place is where the case was read, as file:line; "" for one that was made in Go.
	Place string
	// Catalogue puts the embedded AWS catalogue below the layers.
	Catalogue bool
	// Layers are topologies laid over each other, the lowest first.
	Layers []Layer
	// Standard lists ids of the standard policies that take part.
	Standard []string
	// Modules are further Rego modules: text by file name. Errors name them below the directory "case".
	Modules map[string]string
	// Plugins take part beside them.
	Plugins []Plugin
	// Settings are those of policies: by policy id, then by setting.
	Settings map[string]map[string]any
	// Request is what is asked, its defaults filled.
	Request *placement.Request
	// Expect is what must come out.
	Expect Expect

	compiled *compiled // shared by cases over the same topology; nil: the case has one of its own
}

// Layer is one layer of a topology: files as docs/topology.md describes them.
type Layer struct {
	// Name is the directory in which errors name the files.
	Name string
	// Files are texts by file name.
	Files map[string]string
}

// compiled is a topology that is compiled when a case first asks.
type compiled struct {
	once sync.Once
	snap *topology.Snapshot
	err  error
}

// Snapshot returns the case's topology, compiled. Cases of one file with the same topology share it.
func (c *Case) Snapshot() (*topology.Snapshot, error) {
	shared := c.compiled
	if shared == nil {
		shared = &compiled{}
	}
	shared.once.Do(func() { shared.snap, shared.err = c.compile() })
	return shared.snap, shared.err
}

func (c *Case) compile() (*topology.Snapshot, error) {
	var inputs []topology.Input
	if c.Catalogue {
		inputs = append(inputs, topology.Input{Name: "aws", FS: aws.FS()})
	}
	for _, l := range c.Layers {
		files, err := inMemory(l.Files)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Name, err)
		}
		inputs = append(inputs, topology.Input{Name: l.Name, FS: files})
	}
	t, err := topology.Load(inputs...)
	if err != nil {
		return nil, err
	}
	return topology.Build(t)
}

// PolicySet returns the case's policies with their settings, loaded and not yet compiled: the standard ones it
// names, its own modules and its plugins.
func (c *Case) PolicySet() (*policy.Set, error) {
	var sources []policy.Source
	if len(c.Standard) > 0 {
		ids, err := standardIDs()
		if err != nil {
			return nil, err
		}
		without := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(c.Standard, id) })
		sources = append(sources, policy.Source{Name: "policies", FS: policies.FS(), Without: without})
	}
	if len(c.Modules) > 0 {
		files, err := inMemory(c.Modules)
		if err != nil {
			return nil, fmt.Errorf("case: %w", err)
		}
		sources = append(sources, policy.Source{Name: "case", FS: files})
	}
	for _, p := range c.Plugins {
		sources = append(sources, policy.Source{Name: p.Name, Plugin: p.Module})
	}
	set, err := policy.Load(sources...)
	if err != nil {
		return nil, err
	}
	if len(c.Plugins) > 0 {
		if set, err = set.WithGrants(grants(set)); err != nil {
			return nil, err
		}
	}
	if len(c.Settings) == 0 {
		return set, nil
	}
	return set.WithSettings(c.Settings)
}

// standardIDs lists the ids of the standard policies, sorted.
var standardIDs = sync.OnceValues(func() ([]string, error) {
	set, err := policy.Load(policy.Source{Name: "policies", FS: policies.FS()})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range set.Policies() {
		ids = append(ids, p.ID)
	}
	return ids, nil
})

// inMemory makes a file system of texts by name.
func inMemory(files map[string]string) (fs.FS, error) {
	var a txtar.Archive
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !fs.ValidPath(name) || name == "." {
			return nil, fmt.Errorf("%q is not the name of a file: give a path below the directory, without a slash at either end", name)
		}
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(files[name])})
	}
	return txtar.FS(&a)
}
