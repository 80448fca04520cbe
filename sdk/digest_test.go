package sdk_test

import (
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// digestOf is the digest of a golden image by docs/abi-kit.md, taken from what its JSON says that it holds: no reader
// of images has a part in it.
func digestOf(t testing.TB, name string) int64 {
	t.Helper()
	text, err := os.ReadFile(golden + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var image struct {
		Tables []struct {
			Name    string
			Rows    uint32
			Columns []struct {
				Name, Type, Target string
				Cells              []any
			}
		}
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&image); err != nil {
		t.Fatal(err)
	}
	types := []string{"", "string", "uint8", "int32", "int64", "float64", "bool", "ref", "relation", "list", "bits", "matrix"}
	var fed []byte
	word := func(v uint32) { fed = binary.LittleEndian.AppendUint32(fed, v) }
	texts := func(all ...string) {
		for _, s := range all {
			fed = append(append(fed, s...), 0)
		}
	}
	whole := func(v any) int64 {
		n, err := strconv.ParseInt(string(v.(json.Number)), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, table := range image.Tables {
		texts(table.Name)
		word(table.Rows)
		for _, c := range table.Columns {
			texts(c.Name)
			fed = append(fed, byte(slices.Index(types, c.Type)))
			texts(c.Target)
			for _, cell := range c.Cells {
				if list, ok := cell.([]any); ok {
					if c.Type != "matrix" {
						word(uint32(len(list)))
					}
					for _, v := range list {
						if s, ok := v.(string); ok {
							texts(s)
						} else {
							word(uint32(whole(v)))
						}
					}
					continue
				}
				if m, ok := cell.(map[string]any); ok {
					fed = append(fed, byte(slices.Index([]string{"value", "absent", "unknown"}, m["state"].(string))))
					continue
				}
				fed = append(fed, 0)
				switch c.Type {
				case "string":
					texts(cell.(string))
				case "uint8":
					fed = append(fed, byte(whole(cell)))
				case "int32", "ref":
					word(uint32(whole(cell)))
				case "int64":
					n, err := strconv.ParseInt(cell.(string), 10, 64)
					if err != nil {
						t.Fatal(err)
					}
					fed = binary.LittleEndian.AppendUint64(fed, uint64(n))
				case "float64":
					fed = binary.LittleEndian.AppendUint64(fed, floatBits(t, cell))
				case "bool":
					fed = append(fed, map[any]byte{false: 0, true: 1}[cell])
				default:
					t.Fatalf("a cell of type %s is %v", c.Type, cell)
				}
			}
		}
	}
	h := fnv.New64a()
	h.Write(fed)
	return int64(h.Sum64())
}

// floatBits are the bits of a number as the golden JSON has it: a NaN is always the same one.
func floatBits(t testing.TB, cell any) uint64 {
	t.Helper()
	if cell == "NaN" {
		return 0x7ff8000000000000
	}
	text, ok := cell.(string)
	if !ok {
		text = string(cell.(json.Number))
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return math.Float64bits(x)
}
