package decode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonReader builds nodes from the tokens of one JSON text.
type jsonReader struct {
	from  *origin
	data  []byte
	dec   *jsontext.Decoder
	lim   Limits
	nodes int
	errs  Errors

	// Where the last position was worked out, so that the next one continues
	// from there and a whole text is walked once.
	offset       int
	line, column uint32
}

func parseJSON(name string, data []byte, lim Limits) (*Node, error) {
	r := &jsonReader{
		from: &origin{file: name}, data: data, lim: lim, line: 1, column: 1,
		// Duplicate names are found here, with the place of the first one.
		dec: jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true)),
	}
	var root Node
	if err := r.value(&root, 0); err != nil {
		return nil, err
	}
	r.advance()
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fail(r.pos(), "", "there is more text after the end of the document")
	}
	if err := r.errs.Sorted(); err != nil {
		return nil, err
	}
	return &root, nil
}

// advance moves the position to where the next token starts.
func (r *jsonReader) advance() {
	end := int(r.dec.InputOffset())
	for end < len(r.data) && isJSONGap(r.data[end]) {
		end++
	}
	r.moveTo(end)
}

func (r *jsonReader) moveTo(end int) {
	for r.offset < end {
		c, n := rune(r.data[r.offset]), 1
		if c >= utf8.RuneSelf {
			_, n = utf8.DecodeRune(r.data[r.offset:])
		}
		r.offset += n
		if c == '\n' {
			r.line, r.column = r.line+1, 1
		} else {
			r.column++
		}
	}
}

func isJSONGap(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', ':':
		return true
	}
	return false
}

func (r *jsonReader) pos() Pos {
	return Pos{File: r.from.file, Line: int(r.line), Column: int(r.column)}
}

// token reads the next token and leaves the position at its first character.
func (r *jsonReader) token() (jsontext.Token, error) {
	r.advance()
	tok, err := r.dec.ReadToken()
	if err == nil {
		return tok, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		r.moveTo(len(r.data))
		return tok, fail(r.pos(), "", "the text ends before the document does")
	}
	at, pointer := r.pos(), ""
	var syn *jsontext.SyntacticError
	if errors.As(err, &syn) {
		at, pointer, err = posAt(r.from.file, r.data, int(syn.ByteOffset)), string(syn.JSONPointer), syn.Err
	}
	return tok, fail(at, pointer, "not JSON: %v", err)
}

// value reads one value into n.
func (r *jsonReader) value(n *Node, depth int) error {
	tok, err := r.token()
	if err != nil {
		return err
	}
	return r.valueOf(n, tok, depth)
}

func (r *jsonReader) valueOf(n *Node, tok jsontext.Token, depth int) error {
	*n = Node{from: r.from, line: r.line, column: r.column}
	if r.nodes++; r.nodes > r.lim.Nodes {
		return r.fail("more than %d values; that is the limit", r.lim.Nodes)
	}
	switch tok.Kind() {
	case '{', '[':
		if depth == r.lim.Depth {
			return r.fail("nested more than %d deep; that is the limit", r.lim.Depth)
		}
		if tok.Kind() == '{' {
			n.kind = Mapping
			return r.mapping(n, depth+1)
		}
		n.kind = List
		return r.list(n, depth+1)
	case '"':
		n.style = quoted
	case '0':
		n.style = number
	case 't', 'f':
		n.style = truth
	case 'n':
		n.style = null
	}
	n.text = tok.String()
	if len(n.text) > r.lim.StringBytes {
		return r.fail("a value of %d bytes; the limit is %d", len(n.text), r.lim.StringBytes)
	}
	return nil
}

func (r *jsonReader) list(n *Node, depth int) error {
	for {
		tok, err := r.token()
		if err != nil {
			return err
		}
		if tok.Kind() == ']' {
			return nil
		}
		n.kids = append(n.kids, Node{})
		if err := r.valueOf(&n.kids[len(n.kids)-1], tok, depth); err != nil {
			return err
		}
	}
}

func (r *jsonReader) mapping(n *Node, depth int) error {
	var seen seenKeys
	for {
		tok, err := r.token()
		if err != nil {
			return err
		}
		if tok.Kind() == '}' {
			return nil
		}
		k := key{name: tok.String(), line: r.line, column: r.column}
		if len(k.name) > r.lim.StringBytes {
			return r.fail("a key of %d bytes; the limit is %d", len(k.name), r.lim.StringBytes)
		}
		if msg := seen.add(n, k); msg != "" && len(r.errs) < maxErrors {
			p := string(r.dec.StackPointer())
			r.errs = append(r.errs, &Error{Pos: r.pos(), Pointer: p, Msg: msg})
		}
		n.keys = append(n.keys, k)
		n.kids = append(n.kids, Node{})
		if err := r.value(&n.kids[len(n.kids)-1], depth); err != nil {
			return err
		}
	}
}

func (r *jsonReader) fail(format string, args ...any) error {
	return fail(r.pos(), string(r.dec.StackPointer()), format, args...)
}

// smallMapping is up to how many keys a mapping is searched for duplicates by
// looking at each: below it a map costs more than it saves.
const smallMapping = 12

// seenKeys finds duplicate keys. The zero value is ready.
type seenKeys struct{ first map[string]int }

// add returns what to say if k is already among the keys of n, else "".
func (s *seenKeys) add(n *Node, k key) string {
	at := -1
	if len(n.keys) < smallMapping {
		for i := range n.keys {
			if n.keys[i].name == k.name {
				at = i
				break
			}
		}
	} else {
		if s.first == nil {
			s.first = make(map[string]int, 2*smallMapping)
			for i := range n.keys {
				s.remember(n.keys[i].name, i)
			}
		}
		if i, ok := s.first[k.name]; ok {
			at = i
		}
		s.remember(k.name, len(n.keys))
	}
	if at < 0 {
		return ""
	}
	return fmt.Sprintf("duplicate key %s; it is first given on line %d", quote(k.name), n.keys[at].line)
}

func (s *seenKeys) remember(name string, i int) {
	if _, ok := s.first[name]; !ok {
		s.first[name] = i
	}
}
