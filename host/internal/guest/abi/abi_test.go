package abi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// call is about n rows, those that are selected by f.
func call(n int, texts bool, f func(i int) bool) *Call {
	c := &Call{Snapshot: 65536, Size: 4096, Request: []byte("the request"), Component: 7, Rows: n, Select: make([]uint64, (n+63)/64), Texts: texts}
	for i := range n {
		if f(i) {
			c.Select[i/64] |= 1 << (i % 64)
		}
	}
	return c
}

func every(int) bool { return true }

// TestLayout lays calls out as docs/abi.md says, everything at its multiple of 64, nothing over anything else.
func TestLayout(t *testing.T) {
	for _, n := range []int{0, 1, 64, 65, 1000} {
		for _, texts := range []bool{false, true} {
			c := call(n, texts, every)
			var l Layout
			if err := l.Lay(c, 128<<10); err != nil {
				t.Fatal(err)
			}
			mem := make([]byte, 128<<10+l.Area())
			l.Write(mem, c)
			block := mem[128<<10:]
			word := func(at int) uint32 { return binary.LittleEndian.Uint32(block[at:]) }
			got := fmt.Sprint(word(0), word(4), word(8), word(12), word(20), word(24), word(28))
			if want := fmt.Sprint(128, 0, 65536, 4096, 11, 7, n); got != want {
				t.Errorf("block %s, want %s", got, want)
			}
			at, words := uint32(128<<10+128), uint32(n+63)/64
			for _, f := range []struct {
				name    string
				offset  int
				bytes   uint32
				content string
			}{
				{"request", 16, 11, "the request"},
				{"selection", 32, 8 * words, ""},
				{"denials", 36, 8 * words, ""},
				{"unknowns", 40, 8 * words, ""},
				{"scored", 44, 8 * words, ""},
				{"scores", 48, 8 * uint32(n), ""},
				{"reasons", 52, 16 * word(56), ""},
				{"arguments", 60, 16 * word(64), ""},
			} {
				if word(f.offset) != at || at%64 != 0 {
					t.Errorf("%d rows: %s at %d, want %d", n, f.name, word(f.offset), at)
				}
				if s := string(mem[at:][:len(f.content)]); s != f.content {
					t.Errorf("%s is %q", f.name, s)
				}
				at += (f.bytes + 63) &^ 63
			}
			if at != 128<<10+l.Area() || texts != (word(56) > 0) || texts != (word(64) > 0) {
				t.Errorf("%d rows: it ends at %d, want %d; room for %d reasons, %d arguments", n, at, 128<<10+l.Area(), word(56), word(64))
			}
		}
	}
	var l Layout
	if err := l.Lay(call(1, true, every), math.MaxUint32-63); !errors.Is(err, ErrTooLarge) {
		t.Errorf("at the end of the memory: %v", err)
	}
}

// answering is a memory in which a guest has answered: f writes into the block of a call about 10 rows, 0 to 4 of which
// are selected.
func answering(texts bool, f func(mem []byte, put func(at, v uint32), at func(field int) uint32)) (*Answer, error) {
	c := call(10, texts, func(i int) bool { return i < 5 })
	var l Layout
	if err := l.Lay(c, 64); err != nil {
		return nil, err
	}
	mem := make([]byte, 64+l.Area()+1000)
	l.Write(mem, c)
	put := func(at, v uint32) { binary.LittleEndian.PutUint32(mem[at:], v) }
	f(mem, put, func(field int) uint32 { return binary.LittleEndian.Uint32(mem[64+field:]) })
	out := new(Answer)
	return out, l.Read(mem, c, 0, out)
}

// TestRefusedAnswers reads answers that break the rules, each in one way.
func TestRefusedAnswers(t *testing.T) {
	reason := func(put func(at, v uint32), at func(int) uint32, row, code, kind, args, first uint32) {
		put(64+68, 1)
		put(at(52), row)
		put(at(52)+4, code|kind<<16|args<<24)
		put(at(52)+8, first)
	}
	type writer = func(mem []byte, put func(at, v uint32), at func(int) uint32)
	arg := func(kind, length uint32, low, high uint32) writer {
		return func(_ []byte, put func(at, v uint32), at func(int) uint32) {
			reason(put, at, 1, 3, 2, 1, 0)
			put(64+72, 1)
			put(at(60), kind)
			put(at(60)+4, length)
			put(at(60)+8, low)
			put(at(60)+12, high)
		}
	}
	for _, c := range []struct {
		name string
		f    writer
		want string
	}{
		{"denies what it was not asked", func(_ []byte, put func(at, v uint32), at func(int) uint32) { put(at(36), 1<<5) }, "the denials have row 5, which it was not asked about"},
		{"denies what is not there", func(_ []byte, put func(at, v uint32), at func(int) uint32) { put(at(36)+4, 1<<31) }, "the denials have row 63, which it was not asked about"},
		{"knows not", func(_ []byte, put func(at, v uint32), at func(int) uint32) { put(at(40), 1<<9) }, "the unknowns have row 9, which it was not asked about"},
		{"scores", func(_ []byte, put func(at, v uint32), at func(int) uint32) { put(at(44), 1<<10) }, "the scored have row 10, which it was not asked about"},
		{"score over", func(_ []byte, put func(at, v uint32), at func(int) uint32) {
			put(at(44), 2)
			put(at(48)+12, 0x40590001)
		}, "row 1 has a score of 100.00006103515625; scores are from 0 to 100"},
		{"score under", func(_ []byte, put func(at, v uint32), at func(int) uint32) {
			put(at(44), 1)
			put(at(48)+4, 0xbff00000)
		}, "row 0 has a score of -1; scores are from 0 to 100"},
		{"score is no number", func(_ []byte, put func(at, v uint32), at func(int) uint32) {
			put(at(44), 1)
			put(at(48)+4, 0x7ff80000)
		}, "row 0 has a score of NaN; scores are from 0 to 100"},
		{"too many reasons", func(_ []byte, put func(at, v uint32), _ func(int) uint32) { put(64+68, 85) }, "it counts 85 reasons and 0 arguments, and had room for 84 and 252"},
		{"too many arguments", func(_ []byte, put func(at, v uint32), _ func(int) uint32) { put(64+72, 1<<31) }, "it counts 0 reasons and 2147483648 arguments, and had room for 84 and 252"},
		{"reason for another row", func(_ []byte, put func(at, v uint32), at func(int) uint32) { reason(put, at, 5, 1, 2, 0, 0) }, "reason 0 is about row 5, which it was not asked about"},
		{"reason for no row", func(_ []byte, put func(at, v uint32), at func(int) uint32) { reason(put, at, 1<<31, 1, 2, 0, 0) }, "reason 0 is about row 2147483648, which it was not asked about"},
		{"kind", func(_ []byte, put func(at, v uint32), at func(int) uint32) { reason(put, at, 0, 1, 4, 0, 0) }, "reason 0 is of kind 4; there are 1 to 3, and 128 may be added"},
		{"no kind", func(_ []byte, put func(at, v uint32), at func(int) uint32) { reason(put, at, 0, 1, 128, 0, 0) }, "reason 0 is of kind 128; there are 1 to 3, and 128 may be added"},
		{"reserved", func(_ []byte, put func(at, v uint32), at func(int) uint32) {
			reason(put, at, 0, 1, 2, 0, 0)
			put(at(52)+12, 1)
		}, "reason 0 has something where zeros are reserved"},
		{"arguments", func(_ []byte, put func(at, v uint32), at func(int) uint32) { reason(put, at, 0, 1, 2, 9, 0) }, "reason 0 has 9 arguments from number 0, of 0; at most 8 are allowed"},
		{"arguments of others", func(_ []byte, put func(at, v uint32), at func(int) uint32) {
			put(64+72, 3)
			reason(put, at, 0, 1, 2, 2, 1<<32-1)
		}, "reason 0 has 2 arguments from number 4294967295, of 3; at most 8 are allowed"},
		{"denies by words alone", func(_ []byte, put func(at, v uint32), at func(int) uint32) { reason(put, at, 2, 1, 1, 0, 0) }, "reason 0 denies row 2, which is not denied"},
		{"may deny by words alone", func(_ []byte, put func(at, v uint32), at func(int) uint32) { reason(put, at, 2, 1, 129, 0, 0) }, "reason 0 may deny row 2, which is neither denied nor unknown"},
		{"no type", arg(0, 0, 0, 0), "argument 0 of reason 0: there is no type 0"},
		{"type", arg(7, 0, 0, 0), "argument 0 of reason 0: there is no type 7"},
		{"number is none", arg(1, 0, 0, 0x7ff00000), "argument 0 of reason 0: +Inf is no number to show"},
		{"length", arg(2, 1, 0, 0), "argument 0 of reason 0: only texts have a length"},
		{"wide", arg(3, 0, 0, 1), "argument 0 of reason 0: the value of type 3 has 32 bits"},
		{"text beyond", arg(5, 10, 1<<32-5, 0), "argument 0 of reason 0: 10 bytes of text at 4294967291, and the memory has 7016 bytes"},
		{"text too long", arg(5, 1<<32-1, 100, 0), "argument 0 of reason 0: 4294967295 bytes of text at 100, and the memory has 7016 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := answering(true, c.f)
			if want := "the guest's answer breaks the ABI: " + c.want; err == nil || err.Error() != want || !errors.Is(err, ErrAnswer) {
				t.Errorf("error: %v\nwant:  %s", err, want)
			}
		})
	}
}

// TestTexts reads texts that try things: they are cut between characters, and nothing but what can be printed is left.
func TestTexts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"plain", "plain"},
		{"\x1b[31mred\nlevel=error", `\x1b[31mred\nlevel=error`},
		{"\u202egnp.exe", `\u202egnp.exe`},
		{strings.Repeat("x", 2000), strings.Repeat("x", 1024)},
		{strings.Repeat("x", 1023) + "ü", strings.Repeat("x", 1023)},
		{strings.Repeat("\x00", 1024), strings.Repeat(`\x00`, 1024)},
	} {
		out, err := answering(true, func(mem []byte, put func(at, v uint32), at func(int) uint32) {
			text := len(mem) - 1000
			mem = append(mem[:text], c.text[:min(len(c.text), 1000)]...)
			if len(c.text) > 1000 { // there is more room behind the first argument
				copy(mem[at(60)+16:], c.text)
				text = int(at(60) + 16)
			}
			put(64+68, 1)
			put(64+72, 1)
			put(at(52)+4, 1|2<<16|1<<24)
			put(at(60), 5)
			put(at(60)+4, uint32(len(c.text)))
			put(at(60)+8, uint32(text))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(out.Text(&out.Reasons[0].Args[0])); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestMuchText reads an answer all of whose arguments are the same text, which would come to more than anyone wants.
func TestMuchText(t *testing.T) {
	c := call(3000, true, every)
	var l Layout
	if err := l.Lay(c, 64); err != nil {
		t.Fatal(err)
	}
	mem := make([]byte, 64+l.Area()+1024)
	l.Write(mem, c)
	put := func(at, v uint32) { binary.LittleEndian.PutUint32(mem[at:], v) }
	reasons, args := binary.LittleEndian.Uint32(mem[64+52:]), binary.LittleEndian.Uint32(mem[64+60:])
	put(64+68, 3000)
	put(64+72, 8)
	for i := range uint32(8) {
		put(args+16*i, 5)
		put(args+16*i+4, 1024)
		put(args+16*i+8, uint32(len(mem))-1024)
	}
	for i := range uint32(3000) {
		put(reasons+16*i, i)
		put(reasons+16*i+4, 1|2<<16|8<<24)
	}
	err := l.Read(mem, c, 0, new(Answer))
	if err == nil || !strings.HasSuffix(err.Error(), ": the texts come to more than 16 MiB") {
		t.Error(err)
	}
}

// TestFailures reads what guests say of their failures.
func TestFailures(t *testing.T) {
	mem := make([]byte, 300)
	copy(mem[200:], "out of\nluck")
	for _, c := range []struct {
		at, length uint32
		want       string
	}{
		{200, 11, `the guest reports failure -3: out of\nluck`},
		{0, 5, "the guest reports failure -3"},
		{200, 101, "the guest reports failure -3"},
		{1<<32 - 1, 1<<32 - 1, "the guest reports failure -3"},
		{300, 0, "the guest reports failure -3"},
	} {
		binary.LittleEndian.PutUint32(mem[64+24:], c.at)
		binary.LittleEndian.PutUint32(mem[64+28:], c.length)
		if err := ReadConfigure(mem, 64, -3); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if err := ReadConfigure(mem, 64, 0); err != nil {
		t.Error(err)
	}
}

// FuzzRead reads answers that are any bytes: an error, or an answer that keeps to the rules.
func FuzzRead(f *testing.F) {
	f.Add([]byte{}, uint16(10), true, int32(0))
	f.Add([]byte(strings.Repeat("\xff", 400)), uint16(70), true, int32(0))
	f.Add([]byte(strings.Repeat("\x01\x00\x00\x00", 200)), uint16(1), false, int32(4))
	f.Fuzz(func(t *testing.T, bytes []byte, n uint16, texts bool, status int32) {
		c := call(int(n%300), texts, func(i int) bool { return i%3 != 1 })
		var l Layout
		if err := l.Lay(c, 64); err != nil {
			t.Fatal(err)
		}
		mem := make([]byte, 64+l.Area()+64)
		l.Write(mem, c)
		copy(mem[64+68:], bytes) // what a guest may write to, and more
		var out Answer
		if err := l.Read(mem, c, status, &out); err != nil {
			var failed *StatusError
			if !errors.Is(err, ErrAnswer) && !(status != 0 && errors.As(err, &failed)) {
				t.Errorf("%T %v", err, err)
			}
			return
		}
		if status != 0 {
			t.Error("a failure was taken for an answer")
		}
		for i := range c.Rows {
			asked := Has(c.Select, i)
			if !asked && (Has(out.Deny, i) || Has(out.Unknown, i) || Has(out.Scored, i)) || !(out.Scores[i] >= 0 && out.Scores[i] <= 100) {
				t.Errorf("row %d", i)
			}
		}
		for _, r := range out.Reasons {
			if !Has(c.Select, int(r.Row)) || len(r.Args) > MaxArgs || r.Kind == Denial && !r.Unsure && !Has(out.Deny, int(r.Row)) {
				t.Errorf("%+v", r)
			}
			for i := range r.Args {
				if len(out.Text(&r.Args[i])) > 6*MaxText || strings.ContainsAny(string(out.Text(&r.Args[i])), "\n\x1b\x00") {
					t.Errorf("%q", out.Text(&r.Args[i]))
				}
			}
		}
	})
}
