package topology

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// TestFiguresOutOfBounds compiles numbers that no topology file could give, as a forger would, and opens the
// image.
func TestFiguresOutOfBounds(t *testing.T) {
	const text = base + "prices:\n  - {site: fra, index: 1}\n"
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name  string
		set   func(top *Topology, v float64)
		v     float64
		where string // "" if it is accepted
	}{
		{"sound", func(top *Topology, v float64) { top.Carbon[0].PUE = &v }, 10, ""},
		{"pue", func(top *Topology, v float64) { top.Carbon[0].PUE = &v }, inf, "+Inf in row 2 of column carbon.pue of table sites is not from 1 to 10"},
		{"pue too low", func(top *Topology, v float64) { top.Carbon[0].PUE = &v }, 0.5, "0.5 in row 2 of column carbon.pue of table sites is not from 1 to 10"},
		{"grid", func(top *Topology, v float64) { top.Carbon[0].GridGramsPerKWh = &v }, -1, "-1 in row 2 of column carbon.gridGramsPerKWh of table sites is not from 0 to 2000"},
		{"market", func(top *Topology, v float64) { top.Carbon[0].MarketGramsPerKWh = &v }, nan, "NaN in row 2 of column carbon.marketGramsPerKWh"},
		{"wue", func(top *Topology, v float64) { top.Carbon[0].WUELitresPerKWh = &v }, -inf, "-Inf in row 2 of column carbon.wueLitresPerKWh"},
		{"price", func(top *Topology, v float64) { top.Prices[0].Index = v }, 0, "0 in row 2 of column price.index of table sites is not from 0.0001 to 1000"},
		{"lat", func(top *Topology, v float64) { top.Sites[4].Lat, top.Sites[4].Lon = &v, new(float64) }, nan, "NaN in row 5 of column lat of table sites is not from -90 to 90"},
		{"lon", func(top *Topology, v float64) { top.Sites[4].Lon, top.Sites[4].Lat = &v, new(float64) }, 181, "181 in row 5 of column lon of table sites is not from -180 to 180"},
		{"hours", func(top *Topology, v float64) { top.Sites[5].ServiceLink.DisconnectedHours = &v }, inf, "+Inf in row 0 of column disconnectedHours of table sites is not from 0 to 100000"},
		{"weight", func(top *Topology, v float64) { top.Populations[0].Weight = v }, inf, "+Inf in row 0 of column weight of table populations"},
		{"population's lat", func(top *Topology, v float64) { top.Populations[0].Lat = &v }, -91, "-91 in row 0 of column lat of table populations"},
		{"population's lon", func(top *Topology, v float64) { top.Populations[0].Lon = &v }, nan, "NaN in row 0 of column lon of table populations"},
		{"rpo", func(top *Topology, v float64) {
			top.Services[0].CrossRegion = &CrossRegion{Mode: "asynchronous", RPOSeconds: &v}
		}, nan, "NaN in row 0 of column crossRegion.rpoSeconds of table services"},
		{"failover", func(top *Topology, v float64) { top.Services[0].Failover = &Failover{Seconds: v} }, inf, "+Inf in row 0 of column failover.seconds"},
		{"failover at least", func(top *Topology, v float64) { top.Services[0].Failover = &Failover{AtLeastSeconds: &v} }, -1, "-1 in row 0 of column failover.atLeastSeconds"},
		{"cut off", func(top *Topology, v float64) {
			top.Services[0].Disconnected = &Disconnected{Mode: "continues", Hours: &v}
		}, inf, "+Inf in row 0 of column disconnected.hours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			top, err := loadText(t, map[string]string{"t.yaml": text})
			if err != nil {
				t.Fatal(err)
			}
			c.set(top, c.v)
			b, err := Compile(top)
			if err != nil {
				t.Fatal(err)
			}
			s, err := FromBytes(b)
			switch {
			case c.where == "" && err != nil:
				t.Error(err)
			case c.where == "":
				readAll(s)
			case err == nil || !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), c.where):
				t.Errorf("got  %v\nwant …%s…", err, c.where)
			}
		})
	}
}

// TestFiguresKeepTheModelsBounds compares the bounds of columns with those of the fields they come from.
func TestFiguresKeepTheModelsBounds(t *testing.T) {
	from := map[string]reflect.Type{
		"sites": reflect.TypeFor[Site](), "services": reflect.TypeFor[Service](), "populations": reflect.TypeFor[Population](),
	}
	field := func(t reflect.Type, name string) (reflect.StructField, bool) {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("json") == name {
				return f, true
			}
		}
		return reflect.StructField{}, false
	}
	for _, f := range new(tables).figures() {
		in, name := from[f.table], f.column
		switch group, rest, nested := strings.Cut(name, "."); {
		case group == "carbon":
			in, name = reflect.TypeFor[Carbon](), rest
		case group == "price":
			in, name = reflect.TypeFor[Price](), rest
		case group == "disconnectedHours":
			in = reflect.TypeFor[ServiceLink]()
		case nested:
			of, _ := field(in, group)
			in, name = of.Type, rest
		}
		of, ok := field(in, name)
		if !ok {
			t.Errorf("%s.%s comes from no field", f.table, f.column)
			continue
		}
		least, err := strconv.ParseFloat(of.Tag.Get("min"), 64)
		if err != nil || least != f.least {
			t.Errorf("%s.%s is at least %g, and its field %g (%v)", f.table, f.column, f.least, least, err)
		}
		most := math.MaxFloat64
		if s := of.Tag.Get("max"); s != "" {
			most, _ = strconv.ParseFloat(s, 64)
		}
		if most != f.most {
			t.Errorf("%s.%s is at most %g, and its field %g", f.table, f.column, f.most, most)
		}
	}
}
