package aws_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

// TestDocumentedLayers lays every topology of docs/topology.md over the catalogue, all at once.
func TestDocumentedLayers(t *testing.T) {
	page, err := os.ReadFile("../../../docs/topology.md")
	if err != nil {
		t.Fatal(err)
	}
	inputs := []topology.Input{{Name: "aws", FS: aws.FS()}}
	for i, block := range strings.Split(string(page), "```yaml\n")[1:] {
		text, _, _ := strings.Cut(block, "```")
		inputs = append(inputs, topology.Input{Name: fmt.Sprintf("example-%d", i+1), FS: fstest.MapFS{"t.yaml": {Data: []byte(text)}}})
	}
	if len(inputs) != 3 {
		t.Fatalf("%d examples", len(inputs)-1)
	}
	top, err := topology.Load(inputs...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := topology.Build(top)
	if err != nil {
		t.Fatal(err)
	}
	frankfurt, _ := s.Site("eu-central-1")
	if lat, lon, ok := s.Point(frankfurt); !ok || lat != 50.1 || lon != 8.6 || s.FactSource(frankfurt, "lat") != "site-visit" {
		t.Errorf("eu-central-1 is at %v, %v, says %q", lat, lon, s.FactSource(frankfurt, "lat"))
	}
	stockholm, _ := s.Site("eu-north-1")
	if f := s.Facts(stockholm); f.Launched.State != topology.Unknown {
		t.Errorf("eu-north-1 was launched %v", f.Launched)
	}
	if _, ok := s.Site("eun1-az9"); ok {
		t.Error("the zone is there before its region")
	}
	if _, ok := s.On("2027-03-01").Site("eun1-az9"); !ok {
		t.Error("the zone is not there with its region")
	}
	price := func(day string) float64 {
		e := s.On(day)
		r, _ := e.Site("eu-central-1")
		p, _ := e.PriceIndex(r)
		return p
	}
	if a, b, c := price("2026-12-31"), price("2027-01-01"), price("2027-07-01"); a == 1.25 || b != 1.25 || c != a {
		t.Errorf("prices %v, %v, %v", a, b, c)
	}
}
