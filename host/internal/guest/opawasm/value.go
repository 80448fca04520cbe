package opawasm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ErrValue says that a policy wrote what is no value.
var ErrValue = errors.New("the policy wrote what is no value")

// Parse reads a value as policies write it: JSON, with sets as {1, 2} or set(), and keys of objects of any type. Nothing of
// the text is trusted. The error matches [ErrValue] and says at which byte.
func Parse(text []byte) (*ast.Term, error) {
	p := parser{text: text}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(text) {
		return nil, p.fail("more follows")
	}
	return v, nil
}

// parser reads a value from front to back.
type parser struct {
	text []byte
	at   int
	made int // values so far
}

func (p *parser) fail(what string) error { return fmt.Errorf("%w: byte %d: %s", ErrValue, p.at, what) }

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// next is the byte that comes next; 0 at the end.
func (p *parser) next() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// is reads a byte, if it comes next, and the space behind it.
func (p *parser) is(b byte) bool {
	if p.next() != b || p.at >= len(p.text) {
		return false
	}
	p.at++
	p.space()
	return true
}

// word reads a word, if it comes next.
func (p *parser) word(w string) bool {
	if len(p.text)-p.at < len(w) || string(p.text[p.at:p.at+len(w)]) != w {
		return false
	}
	p.at += len(w)
	return true
}

func (p *parser) value(depth int) (*ast.Term, error) {
	if p.made++; p.made > maxValues {
		return nil, p.fail(fmt.Sprintf("it is made of more than %d values", maxValues))
	}
	if depth > maxDepth {
		return nil, p.fail(fmt.Sprintf("it nests deeper than %d", maxDepth))
	}
	switch b := p.next(); {
	case b == '"':
		s, err := p.str()
		return ast.StringTerm(s), err
	case b == '[':
		return p.array(depth)
	case b == '{':
		return p.braces(depth)
	case b == '-' || b >= '0' && b <= '9':
		return p.number()
	case p.word("null"):
		return ast.NullTerm(), nil
	case p.word("true"):
		return ast.InternedTerm(true), nil
	case p.word("false"):
		return ast.InternedTerm(false), nil
	case p.word("set()"):
		return ast.SetTerm(), nil
	}
	return nil, p.fail("there is no value")
}

// more reads what stands between two elements, or behind the last; done says which.
func (p *parser) more(end byte) (done bool, err error) {
	p.space()
	if p.is(',') {
		return false, nil
	}
	if p.is(end) {
		return true, nil
	}
	return false, p.fail(fmt.Sprintf("neither a comma nor %q", end))
}

func (p *parser) array(depth int) (*ast.Term, error) {
	p.is('[')
	var elems []*ast.Term
	for done := p.is(']'); !done; {
		v, err := p.value(depth + 1)
		if err == nil {
			elems = append(elems, v)
			done, err = p.more(']')
		}
		if err != nil {
			return nil, err
		}
	}
	return ast.ArrayTerm(elems...), nil
}

// braces reads an object, or a set, which is not empty.
func (p *parser) braces(depth int) (*ast.Term, error) {
	p.is('{')
	if p.is('}') {
		return ast.ObjectTerm(), nil
	}
	var pairs [][2]*ast.Term
	var elems []*ast.Term
	for done := false; !done; {
		k, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		p.space()
		switch {
		case p.next() == ':' && elems == nil:
			p.is(':')
			v, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, [2]*ast.Term{k, v})
		case pairs == nil:
			elems = append(elems, k)
		default:
			return nil, p.fail("a key without a value")
		}
		if done, err = p.more('}'); err != nil {
			return nil, err
		}
	}
	if pairs != nil {
		return ast.ObjectTerm(pairs...), nil
	}
	return ast.SetTerm(elems...), nil
}

// number reads a number as JSON writes it.
func (p *parser) number() (*ast.Term, error) {
	from := p.at
	digits := func() bool {
		was := p.at
		for b := p.next(); b >= '0' && b <= '9'; b = p.next() {
			p.at++
		}
		return p.at > was
	}
	p.word("-")
	zero := p.next() == '0'
	first := p.at
	ok := digits() && (!zero || p.at == first+1)
	if p.word(".") {
		ok = digits() && ok
	}
	if p.word("e") || p.word("E") {
		if !p.word("+") {
			p.word("-")
		}
		exponent := p.at
		ok = digits() && p.at-exponent <= maxExponentDigits && ok
	}
	if !ok || p.at-from > maxNumber {
		return nil, p.fail("a number that is none, or too long")
	}
	return ast.NumberTerm(json.Number(p.text[from:p.at])), nil
}

// str reads a string as JSON writes it.
func (p *parser) str() (string, error) {
	p.at++
	from := p.at
	for p.at < len(p.text) && p.text[p.at] != '"' && p.text[p.at] != '\\' && p.text[p.at] >= ' ' {
		p.at++
	}
	out := p.text[from:p.at]
	if p.next() == '"' { // nearly always
		p.at++
		if !utf8.Valid(out) {
			return "", p.fail("a string that is not UTF-8")
		}
		return string(out), nil
	}
	out = append([]byte(nil), out...)
	for {
		switch b := p.next(); {
		case b == '"':
			p.at++
			if !utf8.Valid(out) {
				return "", p.fail("a string that is not UTF-8")
			}
			return string(out), nil
		case b < ' ':
			return "", p.fail("a string without an end")
		case b != '\\':
			out = append(out, b)
			p.at++
		default:
			p.at++
			c, err := p.escaped()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, c)
		}
	}
}

// escaped reads what stands behind a backslash.
func (p *parser) escaped() (rune, error) {
	b := p.next()
	p.at++
	switch b {
	case '"', '\\', '/':
		return rune(b), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		c, ok := p.hex()
		if ok && utf16.IsSurrogate(c) {
			var low rune
			if ok = p.word(`\u`); ok {
				low, ok = p.hex()
				c = utf16.DecodeRune(c, low)
				ok = ok && c != utf8.RuneError
			}
		}
		if ok {
			return c, nil
		}
	}
	return 0, p.fail("an escape that is none")
}

// hex reads four hexadecimal digits.
func (p *parser) hex() (rune, bool) {
	if len(p.text)-p.at < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(string(p.text[p.at:p.at+4]), 16, 16)
	p.at += 4
	return rune(v), err == nil
}
