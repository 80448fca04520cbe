package opawasm_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opawasm"
)

// TestParse reads values, and writes them again.
func TestParse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`null`, ""},
		{`true`, ""},
		{`false`, ""},
		{`0`, ""},
		{`-12.5e+3`, ""},
		{`1e9`, ""},
		{`""`, ""},
		{`"é☃😀"`, ""},
		{`[]`, ""},
		{`{}`, ""},
		{`set()`, ""},
		{`[1,"a",[null]]`, ""},
		{`{"a":{1,2},"b":set()}`, ""},
		{`{{"result":{"x"}}}`, ""},
		{`{[1]:2}`, ""},
		{" [ 1 , 2 ]\n", `[1,2]`},
		{`{ "a" : 1 , "b" : { 2 , 2 } }`, `{"a":1,"b":{2}}`},
		{`"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"`, `"\"\\/\u0008\u000c\u000a\u000d\u0009A😀"`},
	} {
		v, err := opawasm.Parse([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		want := c.want
		if want == "" {
			want = c.text
		}
		got, err := opawasm.Append(nil, v.Value)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", c.text, got, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{``, "byte 0: there is no value"},
		{`nul`, "byte 0: there is no value"},
		{`x`, "byte 0: there is no value"},
		{`1 2`, "byte 2: more follows"},
		{`[1`, `byte 2: neither a comma nor ']'`},
		{`[1,]`, "byte 3: there is no value"},
		{`{1,2:3}`, `byte 4: neither a comma nor '}'`},
		{`{1:2,3}`, "byte 6: a key without a value"},
		{`{1 2}`, `byte 3: neither a comma nor '}'`},
		{`"a`, "byte 2: a string without an end"},
		{"\"a\nb\"", "byte 2: a string without an end"},
		{`"\x"`, "byte 3: an escape that is none"},
		{`"\u12"`, "byte 3: an escape that is none"},
		{`"\ud83dx"`, "byte 7: an escape that is none"},
		{"\"\xff\"", "byte 3: a string that is not UTF-8"},
		{`01`, "byte 2: a number that is none, or too long"},
		{`-`, "byte 1: a number that is none, or too long"},
		{`1.`, "byte 2: a number that is none, or too long"},
		{`1e`, "byte 2: a number that is none, or too long"},
		{`1e10000`, "byte 7: a number that is none, or too long"},
		{strings.Repeat("1", 1001), "byte 1001: a number that is none, or too long"},
		{strings.Repeat("[", 200), "byte 129: it nests deeper than 128"},
		{"[" + strings.Repeat("1,", 200_000) + "1]", "byte 399999: it is made of more than 200000 values"},
	} {
		_, err := opawasm.Parse([]byte(c.text))
		if want := "the policy wrote what is no value: " + c.want; err == nil || err.Error() != want || !errors.Is(err, opawasm.ErrValue) {
			t.Errorf("%.40q: %v\nwant %s", c.text, err, want)
		}
	}
	if _, err := opawasm.Append(nil, ast.MustParseTerm("[x]").Value); err == nil || err.Error() != "a var is no value that a policy can be given" {
		t.Error(err)
	}
}

// FuzzParse reads anything. What is read is what OPA's own parser reads, and comes out the same when it is written.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{{"result":{"deny":{"a","b"},"score":1.5e3,"x":set()}}}`, `[null,true,false,-0.1,"\u00e9\ud83d\ude00"]`, `{[1]:{2:{3}}}`, `{"a":1,}`, `{1,2:3}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := opawasm.Parse(text)
		if err != nil {
			if !errors.Is(err, opawasm.ErrValue) {
				t.Errorf("%v is no error of a value", err)
			}
			return
		}
		out, err := opawasm.Append(nil, v.Value)
		if err != nil {
			t.Fatal(err)
		}
		again, err := opawasm.Parse(out)
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if !again.Equal(v) {
			t.Errorf("%s becomes %s", v, again)
		}
		if bytes.ContainsAny(out, "/\x7f\ufeff") { // of which OPA's parser of source text thinks its own
			return
		}
		if theirs, err := ast.ParseTerm(string(out)); err == nil && !theirs.Equal(v) {
			t.Errorf("OPA reads %s as %s", out, theirs)
		}
	})
}
