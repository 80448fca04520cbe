package image

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// formatDoc is the specification, of which the worked example is a part.
const formatDoc = "../../../docs/image-format.md"

// worked builds the worked example of the specification.
func worked() *Builder {
	b := NewBuilder("topology")
	t := b.Table("site", 3)
	t.Strings("id", []string{"eu-central-1", "plant-7", "euc1-wl1"}, States{})
	t.Strings("carrier", []string{"", "", "Vodafone"}, States{Known: set(3, 0, 2), Present: set(3, 1, 2)})
	t.Relation("links", "site", [][]uint32{{1, 2}, {0}, nil})
	return b
}

// dumpLine is a line of a hex dump: an offset, 16 bytes, and the same as text.
var dumpLine = regexp.MustCompile(`(?m)^([0-9a-f]{8})  ((?:[0-9a-f]{2} ){8} (?:[0-9a-f]{2} ){8}) \|(.{16})\|$`)

// TestWorkedExample reads the hex dump in the specification back into bytes;
// lines of zeros are left out there.
func TestWorkedExample(t *testing.T) {
	doc, err := os.ReadFile(formatDoc)
	if err != nil {
		t.Fatal(err)
	}
	want := build(t, worked())
	got := make([]byte, len(want))
	lines := dumpLine.FindAllStringSubmatch(string(doc), -1)
	for _, line := range lines {
		off, err := strconv.ParseUint(line[1], 16, 32)
		if err != nil || off+16 > uint64(len(got)) {
			t.Fatalf("offset %s is past the %d bytes of the image", line[1], len(got))
		}
		for i, b := range strings.Fields(line[2]) {
			v, err := strconv.ParseUint(b, 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			got[int(off)+i] = byte(v)
		}
		if text := printable(got[off : off+16]); text != line[3] {
			t.Errorf("at %s the text is %q, the bytes say %q", line[1], line[3], text)
		}
	}
	if string(got) != string(want) {
		t.Errorf("%s shows other bytes; the image is\n%s", formatDoc, dump(want))
	}
	if !strings.Contains(string(doc), fmt.Sprintf("%d bytes", len(want))) {
		t.Errorf("%s does not say that the image has %d bytes", formatDoc, len(want))
	}
}

// dump prints b as the specification does.
func dump(b []byte) string {
	var out strings.Builder
	for off := 0; off < len(b); off += 16 {
		line := b[off : off+16]
		if zero(line) {
			continue
		}
		fmt.Fprintf(&out, "%08x  % x  % x  |%s|\n", off, line[:8], line[8:], printable(line))
	}
	return out.String()
}

// printable is b with a dot for what is not printable ASCII.
func printable(b []byte) string {
	out := []byte(string(b))
	for i, c := range out {
		if c < ' ' || c > '~' {
			out[i] = '.'
		}
	}
	return string(out)
}
