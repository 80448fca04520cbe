package decode

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// BenchmarkYAML decodes 2 000 flow mappings, one a line, about 100 KB, and
// the same text with the YAML library's own decoder.
func BenchmarkYAML(b *testing.B) {
	var text strings.Builder
	text.WriteString("sites:\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "  - {id: site-%04d, country: DE, lat: %d.5, note: a}\n", i, i%90)
	}
	data := []byte(text.String())
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var doc struct {
				Sites []place `json:"sites"`
			}
			if err := into("f.yaml", string(data), &doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("yaml.v3", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var doc struct {
				Sites []struct {
					ID, Country, Note string
					Lat               float64
				}
			}
			if err := yaml.Unmarshal(data, &doc); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCSV decodes 10 000 rows of three columns, as every process that
// uses the embedded catalogue does, and reads them with encoding/csv alone.
func BenchmarkCSV(b *testing.B) {
	var text strings.Builder
	text.WriteString("service,site,source\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "service-%d,eu-central-%d,ssm-2026\n", i%300, i%40)
	}
	data := []byte(text.String())
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n, err := CSV("f.csv", data, Limits{})
			if err != nil {
				b.Fatal(err)
			}
			var rows []struct {
				Service string `json:"service" omit:"required" format:"id"`
				Site    string `json:"site" omit:"required" format:"id"`
				Source  string `json:"source" format:"id"`
				Pos     Pos    `json:"-" decode:"pos"`
			}
			if err := n.Into(&rows); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := csv.NewReader(strings.NewReader(string(data))).ReadAll(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRefuse is what hostile input costs to refuse: a few milliseconds at
// the very most.
func BenchmarkRefuse(b *testing.B) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 10) + "]\n"
	}
	for _, tt := range []struct{ name, file, text string }{
		{"json-10000-deep", "f.json", strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)},
		{"yaml-10000-deep-flow", "f.yaml", "a: " + strings.Repeat("{a: ", 10_000)},
		{"yaml-10000-deep-block", "f.yaml", strings.Repeat("- ", 10_000) + "x"},
		{"yaml-500-deep", "f.yaml", "a: " + strings.Repeat("[", 500) + strings.Repeat("]", 500)},
		{"alias-bomb", "f.yaml", bomb},
		{"duplicate", "f.json", `{"a": 1, "a": 2}`},
		{"nan", "f.yaml", "a: .nan"},
		{"too-large", "f.yaml", strings.Repeat("x", DefaultBytes+1)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			data := []byte(tt.text)
			for b.Loop() {
				n, err := Parse(tt.file, data, Limits{})
				var v map[string]float64
				if err == nil {
					err = n.Into(&v)
				}
				if err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}
