package offer_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// TestRandom reads both streams: the same bytes for the same seed, on both engines and however they are asked for.
func TestRandom(t *testing.T) {
	granted := grant(t, "random")
	type streams struct{ fixed, seeded string }
	seen := map[streams]string{}
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forwarder(granted), granted, true)
		read := func() streams {
			if r := g.must("random_get", 0, 20); r != ok {
				t.Fatalf("answered %d", r)
			}
			g.must("random", 100, 20)
			return streams{hex.EncodeToString(g.bytes(0, 20)), hex.EncodeToString(g.bytes(100, 20))}
		}
		const fixed = "47f08ac66a62f23d4b4495a371ec0702b045c287"
		zero, one := offer.Decision{}, offer.Decision{Seed: offer.Seed([]byte("one"))}
		first := read()
		g.begin(zero)
		if got := read(); got != first || got.fixed != fixed || got.seeded != "d9877ece6d368aac1a6f419ec627c76b1bfb1fa3" {
			t.Errorf("with a seed of zero %v, and before %v", got, first)
		}
		if got := read(); got.fixed == fixed || got.seeded == first.seeded {
			t.Errorf("the streams stand still: %v", got)
		}
		g.begin(one)
		if got := read(); got.fixed != fixed || got.seeded != "e5c24449d530633a7c0c9d14395f7118d49d4d20" {
			t.Errorf("with another seed %v", got)
		}
		g.begin(one)
		for k := range uint64(20) {
			g.must("random", 200+k, 1)
			g.must("random", 0, 0)
		}
		if got := hex.EncodeToString(g.bytes(200, 20)); got != "e5c24449d530633a7c0c9d14395f7118d49d4d20" {
			t.Errorf("byte by byte %s", got)
		}
		// Filling leaves the bytes around alone.
		g.put(300, bytes.Repeat([]byte{0xee}, 40)...)
		g.must("random", 310, 20)
		if b := g.bytes(300, 40); !bytes.Equal(b[:10], bytes.Repeat([]byte{0xee}, 10)) || !bytes.Equal(b[30:], b[:10]) {
			t.Errorf("wrote % x", b)
		}
		seen[first] = t.Name()
	})
	if len(seen) != 1 {
		t.Errorf("the engines differ: %v", seen)
	}
}

// TestSeed derives seeds: parts do not run into one another.
func TestSeed(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{nil, "132bd0fedeae13e7251f80b4cc5cc4aac5a109b79e333f74db7e12509548ccda"},
		{[]string{""}, "b587536dd734048333776ba636d416753578a5620f82e78ded2274536a53811d"},
		{[]string{"ab", "c"}, "fa487ce87f66a420fa8f35e9a34c2303b6985ba777689d0a9d85986a9c18217a"},
		{[]string{"a", "bc"}, "7128664bfe2c09681ebef83a44e5a9f79760fdc416b67ad4a1f81385db671f48"},
	} {
		var parts [][]byte
		for _, p := range c.parts {
			parts = append(parts, []byte(p))
		}
		s := offer.Seed(parts...)
		if got := hex.EncodeToString(s[:]); got != c.want {
			t.Errorf("%q: %s", c.parts, got)
		}
	}
}
