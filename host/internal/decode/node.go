package decode

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Kind says what a [Node] is.
type Kind uint8

// The kinds of a Node.
const (
	Scalar  Kind = iota // text, a number or a truth value
	List                // an ordered list
	Mapping             // named fields in the order written
)

// style says how a scalar was written, and with that what it may be read as.
type style uint8

const (
	plain  style = iota // unquoted YAML: text, number or truth value, as the field wants
	quoted              // a quoted string: text and nothing else
	number              // a JSON number
	truth               // a JSON true or false
	null                // null, ~ or nothing at all
	cell                // a CSV cell: as plain, and a list when split on spaces
)

// origin is what the nodes of one text have in common.
type origin struct {
	file string
	base string // JSON pointer of the node Into starts at; "" for the root
}

// Node is one value of a parsed text. It is immutable, and safe for
// concurrent use.
type Node struct {
	from   *origin
	line   uint32
	column uint32
	kind   Kind
	style  style
	text   string // of a scalar
	keys   []key  // of a mapping, one for each kid; of a CSV table, its header
	kids   []Node // of a list or mapping
}

type key struct {
	name         string
	line, column uint32
}

// Kind returns what n is.
func (n *Node) Kind() Kind { return n.kind }

// Pos returns where n begins.
func (n *Node) Pos() Pos {
	return Pos{File: n.from.file, Line: int(n.line), Column: int(n.column)}
}

// Text returns the literal text of a scalar, and "" for a list or mapping.
func (n *Node) Text() string { return n.text }

// Pointer returns the JSON pointer of a node obtained by At, Items, Fields or
// handed to UnmarshalNode.
func (n *Node) Pointer() string { return n.from.base }

// Len returns the number of elements or fields.
func (n *Node) Len() int { return len(n.kids) }

// Items iterates over the elements of a list.
func (n *Node) Items() iter.Seq2[int, *Node] {
	return func(yield func(int, *Node) bool) {
		if n.kind != List {
			return
		}
		for i := range n.kids {
			if !yield(i, n.kids[i].at(n.from.base+"/"+strconv.Itoa(i))) {
				return
			}
		}
	}
}

// Fields iterates over the fields of a mapping, in the order written.
func (n *Node) Fields() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n.kind != Mapping {
			return // the keys of a table are its header
		}
		for i := range n.keys {
			k := n.keys[i].name
			if !yield(k, n.kids[i].at(n.from.base+"/"+escapePointer(k))) {
				return
			}
		}
	}
}

// Key returns where a mapping names a field: the key's own place, which is where a person looks for a
// list that begins a line further down. It is the mapping's place if there is no such field.
func (n *Node) Key(name string) Pos {
	for _, k := range n.keys {
		if k.name == name {
			return Pos{File: n.from.file, Line: int(k.line), Column: int(k.column)}
		}
	}
	return n.Pos()
}

// At returns the node at a JSON pointer relative to n. Where the pointer leads
// beyond what was written, it returns the deepest node on the way, which
// still carries the whole pointer: so that a fault in a value that was left
// out is reported where it could have been written.
func (n *Node) At(pointer string) *Node {
	cur := n
	segments := strings.Split(pointer, "/")
	for _, seg := range segments[1:] { // what precedes the first slash is nothing
		next := cur.child(unescapePointer(seg))
		if next == nil {
			break
		}
		cur = next
	}
	return cur.at(n.from.base + pointer)
}

// child returns the element or field a pointer segment names, or nil.
func (n *Node) child(seg string) *Node {
	switch n.kind {
	case List:
		if i, err := strconv.Atoi(seg); err == nil && i >= 0 && i < len(n.kids) {
			return &n.kids[i]
		}
	case Mapping:
		for i := range n.keys {
			if n.keys[i].name == seg {
				return &n.kids[i]
			}
		}
	}
	return nil
}

// Errorf returns a fault at n.
func (n *Node) Errorf(format string, args ...any) *Error {
	return &Error{Pos: n.Pos(), Pointer: n.from.base, Msg: fmt.Sprintf(format, args...)}
}

// at returns a copy of n that knows its pointer.
func (n *Node) at(pointer string) *Node {
	c := *n
	c.from = &origin{file: n.from.file, base: pointer}
	return &c
}

// describe names what n is, for messages.
func (n *Node) describe() string {
	switch n.kind {
	case List:
		return "a list"
	case Mapping:
		return "a mapping"
	}
	switch n.style {
	case number:
		return "the number " + n.text
	case truth:
		return n.text
	}
	return "the text " + quote(n.text)
}

// quotedTextMax keeps a quoted value from filling the message.
const quotedTextMax = 60

// quote quotes text for a message, shortened if long, control characters
// escaped.
func quote(s string) string {
	if len(s) > quotedTextMax {
		cut := quotedTextMax
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
		return strconv.Quote(s[:cut] + "…")
	}
	return strconv.Quote(s)
}

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

func escapePointer(s string) string {
	if !strings.ContainsAny(s, "~/") {
		return s
	}
	return pointerEscaper.Replace(s)
}

func unescapePointer(s string) string {
	if !strings.Contains(s, "~") {
		return s
	}
	return pointerUnescaper.Replace(s)
}
