package tables

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Request is a request whose names have become rows of a snapshot.
type Request struct {
	Snap       *topology.Snapshot
	Req        *placement.Request
	At, Day    string
	Users      []topology.User
	Components []Component
	Include    []topology.SiteRow // the request's sites.include
	Exclude    []topology.SiteRow // and sites.exclude
}

// Component is a component of a request.
type Component struct {
	*placement.Component
	Services []topology.ServiceRow
	Current  []topology.SiteRow
}

// Image is the request as the site hook reads it for one of its components. rtt gives what the component's users see
// at each site, in µs, less than 0 where it is unknown: users × sites. An error is a fault of the host's.
func (r *Request) Image(rtt []int32) ([]byte, error) {
	b := r.begin(rtt)
	r.paths(b, nil)
	r.placements(b, nil)
	return finish(b)
}

// PathImage is the request as the path hook reads it.
func (r *Request) PathImage(paths []topology.PathFacts) ([]byte, error) {
	b := r.begin(nil)
	r.paths(b, paths)
	r.placements(b, nil)
	return finish(b)
}

// PlacementImage is the request as the placement hook reads it.
func (r *Request) PlacementImage(list []Placement) ([]byte, error) {
	b := r.begin(nil)
	r.paths(b, nil)
	r.placements(b, list)
	return finish(b)
}

func finish(b *image.Builder) ([]byte, error) {
	out, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("tables of the request: %w", err)
	}
	return out, nil
}

// begin lays out what every hook reads.
func (r *Request) begin(rtt []int32) *image.Builder {
	b := image.NewBuilder("request")
	for _, stand := range []struct {
		name string
		rows int
	}{
		{"sites", r.Snap.Sites()},
		{"populations", r.Snap.Populations()},
		{"jurisdictions", r.Snap.Jurisdictions()},
		{"services", r.Snap.Services()},
		{"riskGroups", r.riskGroups()},
	} {
		b.Table(stand.name, stand.rows)
	}
	r.spec(b)
	r.users(b, rtt)
	r.data(b)
	r.components(b)
	return b
}

func (r *Request) riskGroups() (n int) {
	for range r.Snap.RiskGroups() {
		n++
	}
	return n
}

// optional gathers a column of which cells may be absent, or unknown.
type optional[T any] struct {
	v  []T
	st image.States
}

func column[T any](rows int) *optional[T] {
	return &optional[T]{v: make([]T, rows), st: image.States{Known: image.FullBits(rows), Present: image.NewBits(rows)}}
}

func (c *optional[T]) set(row int, v T) {
	c.v[row] = v
	c.st.Present.Set(row)
}

// given sets a cell that the request may leave out.
func given[T any](c *optional[T], row int, v *T) {
	if v != nil {
		c.set(row, *v)
	}
}

func (c *optional[T]) unknown(row int) {
	c.st.Known.Clear(row)
	c.st.Present.Set(row)
}

var all image.States

func (r *Request) spec(b *image.Builder) {
	spec := &r.Req.Spec
	grams, basis, index := column[float64](1), column[string](1), column[float64](1)
	if c := spec.Carbon; c != nil {
		given(grams, 0, c.MaxGramsPerKWh)
		basis.set(0, spec.CarbonBasis())
	}
	if spec.Cost != nil {
		given(index, 0, spec.Cost.MaxIndex)
	}
	t := b.Table("request", 1)
	t.Strings("name", []string{r.Req.Metadata.Name}, all)
	t.Strings("at", []string{r.At}, all)
	t.Strings("day", []string{r.Day}, all)
	t.Strings("unknown", []string{spec.Unknown}, all)
	t.Lists("partitions", [][]string{spec.Partitions})
	t.Relation("sites.include", "sites", [][]uint32{rows(r.Include)})
	t.Relation("sites.exclude", "sites", [][]uint32{rows(r.Exclude)})
	t.Lists("sites.include.ids", [][]string{spec.Sites.Include})
	t.Lists("sites.exclude.ids", [][]string{spec.Sites.Exclude})
	t.Bools("weighted", []bool{spec.Objective.Weighted}, all)
	t.Float64s("carbon.maxGramsPerKWh", grams.v, grams.st)
	t.Strings("carbon.basis", basis.v, basis.st)
	t.Float64s("cost.maxIndex", index.v, index.st)

	n := len(spec.Objective.Terms)
	names, weights := make([]string, n), column[float64](n)
	for i, o := range spec.Objective.Terms {
		names[i] = o.Name
		if spec.Objective.Weighted {
			weights.set(i, o.Weight)
		}
	}
	t = b.Table("objectives", n)
	t.Strings("name", names, all)
	t.Float64s("weight", weights.v, weights.st)
}

func (r *Request) users(b *image.Builder, rtt []int32) {
	n := len(r.Users)
	pops, sites, weights, mobile := column[uint32](n), column[uint32](n), make([]float64, n), column[string](n)
	for i, u := range r.Users {
		if u.IsSite {
			sites.set(i, uint32(u.Site))
		} else {
			pops.set(i, uint32(u.Population))
		}
		if u.Mobile != "" {
			mobile.set(i, u.Mobile)
		}
		weights[i] = r.Req.Spec.Users[i].Weight
	}
	if rtt == nil {
		rtt = slices.Repeat([]int32{-1}, n*r.Snap.Sites())
	}
	t := b.Table("users", n)
	t.Refs("population", "populations", pops.v, pops.st)
	t.Refs("site", "sites", sites.v, sites.st)
	t.Float64s("weight", weights, all)
	t.Strings("mobile", mobile.v, mobile.st)
	t.Matrix("rtt", "sites", rtt)
}

// jurisdictions are the rows of a list of ids, all of which the snapshot has.
func (r *Request) jurisdictions(ids []string) []uint32 {
	rows := make([]uint32, 0, len(ids))
	for _, id := range ids {
		if row, ok := r.Snap.Jurisdiction(id); ok {
			rows = append(rows, uint32(row))
		}
	}
	return rows
}

func (r *Request) data(b *image.Builder) {
	sets := r.Req.Spec.Data
	n := len(sets)
	names, classes := make([]string, n), make([]string, n)
	encryption, custodian, location := column[string](n), column[string](n), column[uint32](n)
	lists := map[string][][]uint32{}
	named := map[string][][]string{}
	have := map[string][]bool{}
	var of, to []uint32
	var tools []string
	var until []string
	for i := range sets {
		d := &sets[i]
		names[i], classes[i] = d.Name, d.Class
		for name, ids := range map[string][]string{"subjects": d.Subjects, "residency": d.Residency, "processing": d.Processing, "logs": d.Logs} {
			lists[name] = append(lists[name], r.jurisdictions(ids))
			named[name] = append(named[name], ids)
			have[name] = append(have[name], len(ids) > 0)
		}
		if d.Encryption != "" {
			encryption.set(i, d.Encryption)
		}
		if d.Keys != nil {
			if d.Keys.Custodian != "" {
				custodian.set(i, d.Keys.Custodian)
			} else {
				custodian.unknown(i)
			}
			if j, ok := r.Snap.Jurisdiction(d.Keys.Location); ok {
				location.set(i, uint32(j))
			} else {
				location.unknown(i)
			}
		}
		for _, x := range d.Transfer {
			j, _ := r.Snap.Jurisdiction(x.To)
			of, tools, to, until = append(of, uint32(i)), append(tools, x.Tool), append(to, uint32(j)), append(until, x.Until)
		}
	}
	t := b.Table("data", n)
	t.Strings("name", names, all)
	t.Strings("class", classes, all)
	for _, name := range []string{"subjects", "residency", "processing", "logs"} {
		t.Relation(name, "jurisdictions", lists[name])
		t.Lists(name+".ids", named[name])
		if name != "subjects" {
			t.Bools(name+".given", have[name], all)
		}
	}
	t.Strings("encryption", encryption.v, encryption.st)
	t.Strings("keys.custodian", custodian.v, custodian.st)
	t.Refs("keys.location", "jurisdictions", location.v, location.st)

	ends := column[string](len(until))
	for i, day := range until {
		if day != "" {
			ends.set(i, day)
		}
	}
	t = b.Table("transfers", len(of))
	t.Refs("data", "data", of, all)
	t.Strings("tool", tools, all)
	t.Refs("to", "jurisdictions", to, all)
	t.Strings("until", ends.v, ends.st)
}

// String is a string of an image that this package laid out.
func String(request []byte, id uint32) (string, bool) {
	img, err := image.FromBytes(request)
	if err != nil || id >= uint32(img.Strings()) {
		return "", false
	}
	return img.String(id), true
}
