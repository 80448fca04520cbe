package host_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
)

// TestZoneNames checks what an account may call its zones. A slip there would place copies where nobody meant.
func TestZoneNames(t *testing.T) {
	h := openWorld(t)
	for _, c := range []struct{ name, names, want string }{
		{"the account's own", "{mine: north-2, acme-north-b: north-3, southern: north-1}", ""},
		{"the provider's", "{northa: north-2, northb: north-1, south-b: south-1}", ""},
		{"two names of one zone", "{a: north-2, b: south-1, c: north-2}", `test.yaml:5:42: /spec/zoneNames/c: north-2 is already the zone called a; a zone has one name in an account: give the id of another, or remove one of the two`},
		{"a name of another region", "{northa: south-2}", `test.yaml:5:23: /spec/zoneNames/northa: the name is of a zone of north, but south-2 is in south; give the id of a zone of north, or correct the name`},
		{"a longer name of another region", "{north-x-1: south-2}", `test.yaml:5:26: /spec/zoneNames/north-x-1: the name is of a zone of north, but south-2 is in south; give the id of a zone of north, or correct the name`},
		{"no zone", "{mine: north-9}", `test.yaml:5:21: /spec/zoneNames/mine: there is no availability zone "north-9" in the topology; did you mean "north-1", "north-2" or "north-3"?`},
		{"a site's id", "{south-1: south-2}", `test.yaml:5:24: /spec/zoneNames/south-1: "south-1" is also a site of the topology`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if _, err := h.Decide(context.Background(), request(t, "zoneNames: "+c.names+"\ncomponents: [{name: a}]")); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestZoneNamesLongestRegion checks that of regions whose ids begin alike the longer one is meant.
func TestZoneNamesLongestRegion(t *testing.T) {
	const more = `apiVersion: bailiwick/v1
kind: Topology
sites:
  - {id: north-far, kind: region, partition: acme}
  - {id: nf-1, kind: availability-zone, parent: north-far}
`
	h := openWorld(t, host.WithTopology("more", fstest.MapFS{"more.yaml": {Data: []byte(more)}}))
	for names, fits := range map[string]bool{"{north-far-a: nf-1}": true, "{northa: nf-1}": false, "{north-far-a: north-1}": false, "{north-x: north-1}": true} {
		if _, err := h.Decide(context.Background(), request(t, "zoneNames: "+names+"\ncomponents: [{name: a}]")); (err == nil) != fits {
			t.Errorf("%s: %v", names, err)
		}
	}
}
