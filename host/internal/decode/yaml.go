package decode

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlReader turns the tree of the YAML library into nodes.
type yamlReader struct {
	from    *origin
	lim     Limits
	nodes   int
	errs    Errors
	anchors map[*yaml.Node]*anchored
	path    []string // pointer segments down to the present node
}

// anchored is what an alias to an anchored node adds.
type anchored struct {
	node   Node
	size   int // values in it, aliases expanded
	height int // levels of nesting in it
	done   bool
}

// errStop ends the walk; the fault is already collected.
var errStop = errors.New("stop")

func parseYAML(name string, data []byte, lim Limits) (*Node, error) {
	if err := scanYAML(name, data, lim); err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fail(Pos{File: name, Line: 1, Column: 1}, "", "the text is empty")
		}
		return nil, yamlError(name, err)
	}
	var next yaml.Node
	if err := dec.Decode(&next); err == nil {
		return nil, fail(Pos{File: name, Line: next.Line, Column: next.Column}, "",
			"a second document begins here; write one document per file")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlError(name, err)
	}
	r := &yamlReader{from: &origin{file: name}, lim: lim}
	var root Node
	if len(doc.Content) != 1 {
		return nil, fail(Pos{File: name, Line: 1, Column: 1}, "", "the text is empty")
	}
	_, err := r.node(&root, doc.Content[0], 0)
	if err == nil && len(r.errs) == 0 {
		return &root, nil
	}
	return nil, r.errs.Sorted()
}

// yamlError takes the line out of the library's message.
func yamlError(name string, err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Pos{File: name}
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		digits, text, _ := strings.Cut(rest, ": ")
		if n, convErr := strconv.Atoi(digits); convErr == nil {
			p.Line, p.Column, msg = n, 1, text
		}
	}
	return fail(p, "", "not YAML: %s", msg)
}

// node converts y into n and returns how many levels of nesting it has.
func (r *yamlReader) node(n *Node, y *yaml.Node, depth int) (height int, err error) {
	if y.Kind == yaml.AliasNode {
		return r.alias(n, y, depth)
	}
	*n = Node{from: r.from, line: uint32(y.Line), column: uint32(y.Column)}
	if r.nodes++; r.nodes > r.lim.Nodes {
		return 0, r.stop(n, "more than %d values; that is the limit", r.lim.Nodes)
	}
	if y.Style&yaml.TaggedStyle != 0 {
		r.errorf(n, "the tag %s is not allowed; write the value without it", quote(y.Tag))
	}
	var a *anchored
	before := r.nodes - 1
	if y.Anchor != "" {
		a = &anchored{}
		if r.anchors == nil {
			r.anchors = map[*yaml.Node]*anchored{}
		}
		r.anchors[y] = a
	}
	switch y.Kind {
	case yaml.SequenceNode:
		height, err = r.list(n, y, depth)
	case yaml.MappingNode:
		height, err = r.mapping(n, y, depth)
	default:
		err = r.scalar(n, y)
	}
	if a != nil {
		*a = anchored{node: *n, size: r.nodes - before, height: height, done: true}
	}
	return height, err
}

// alias puts the anchored value in the alias's place. The value's kids are
// shared, not copied, so that a bomb costs nothing; they are counted each time
// all the same, because whoever walks the tree visits them each time.
func (r *yamlReader) alias(n *Node, y *yaml.Node, depth int) (int, error) {
	*n = Node{from: r.from, line: uint32(y.Line), column: uint32(y.Column)}
	a := r.anchors[y.Alias]
	if a == nil || !a.done {
		return 0, r.stop(n, "the alias *%s stands inside its own anchor", y.Value)
	}
	if r.nodes += a.size; r.nodes > r.lim.Nodes {
		return 0, r.stop(n, "more than %d values, aliases expanded; that is the limit", r.lim.Nodes)
	}
	if depth+a.height > r.lim.Depth {
		return 0, r.stop(n, "nested more than %d deep, aliases expanded; that is the limit", r.lim.Depth)
	}
	line, column := n.line, n.column
	*n = a.node
	n.line, n.column = line, column
	return a.height, nil
}

func (r *yamlReader) enter(n *Node, depth int) error {
	if depth >= r.lim.Depth {
		return r.stop(n, "nested more than %d deep; that is the limit", r.lim.Depth)
	}
	return nil
}

func (r *yamlReader) list(n *Node, y *yaml.Node, depth int) (int, error) {
	n.kind = List
	if err := r.enter(n, depth); err != nil {
		return 0, err
	}
	n.kids = make([]Node, len(y.Content))
	height := 0
	for i, c := range y.Content {
		r.path = append(r.path, strconv.Itoa(i))
		h, err := r.node(&n.kids[i], c, depth+1)
		if err != nil {
			return 0, err
		}
		r.path = r.path[:len(r.path)-1]
		height = max(height, h)
	}
	return height + 1, nil
}

func (r *yamlReader) mapping(n *Node, y *yaml.Node, depth int) (int, error) {
	n.kind = Mapping
	if err := r.enter(n, depth); err != nil {
		return 0, err
	}
	n.keys = make([]key, 0, len(y.Content)/2)
	n.kids = make([]Node, 0, len(y.Content)/2)
	height := 0
	var seen seenKeys
	for i := 0; i+1 < len(y.Content); i += 2 {
		k := key{name: y.Content[i].Value, line: uint32(y.Content[i].Line), column: uint32(y.Content[i].Column)}
		r.path = append(r.path, k.name)
		at := &Node{from: r.from, line: k.line, column: k.column}
		if err := r.key(at, y.Content[i]); err != nil {
			return 0, err
		}
		if msg := seen.add(n, k); msg != "" {
			r.errorf(at, "%s", msg)
		}
		n.keys = append(n.keys, k)
		n.kids = append(n.kids, Node{})
		h, err := r.node(&n.kids[len(n.kids)-1], y.Content[i+1], depth+1)
		if err != nil {
			return 0, err
		}
		r.path = r.path[:len(r.path)-1]
		height = max(height, h)
	}
	return height + 1, nil
}

// key checks that y can be the name of a field.
func (r *yamlReader) key(at *Node, y *yaml.Node) error {
	switch {
	case y.Kind != yaml.ScalarNode:
		return r.stop(at, "a key must be text, not an alias, a list or a mapping")
	case len(y.Value) > r.lim.StringBytes:
		return r.stop(at, "a key of %d bytes; the limit is %d", len(y.Value), r.lim.StringBytes)
	case y.Style&yaml.TaggedStyle != 0:
		r.errorf(at, "the tag %s is not allowed; write the key without it", quote(y.Tag))
	case y.Style == 0 && y.Value == "<<":
		r.errorf(at, "merge keys (<<) are not supported; write the fields out")
	case y.Style == 0 && isNull(y.Value):
		r.errorf(at, "null is not a key here; quote it if it is a name")
	}
	return nil
}

func (r *yamlReader) scalar(n *Node, y *yaml.Node) error {
	n.text = y.Value
	switch {
	case y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		n.style = quoted
	case isNull(y.Value):
		n.style = null
	default:
		n.style = plain
	}
	if len(n.text) > r.lim.StringBytes {
		return r.stop(n, "a value of %d bytes; the limit is %d", len(n.text), r.lim.StringBytes)
	}
	return nil
}

// isNull reports whether an unquoted scalar is one of YAML's spellings of null.
func isNull(s string) bool {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

func (r *yamlReader) errorf(n *Node, format string, args ...any) {
	if len(r.errs) < maxErrors {
		r.errs = append(r.errs, n.at(joinPointer(r.path)).Errorf(format, args...))
	}
}

// stop collects a fault after which going on would cost too much.
func (r *yamlReader) stop(n *Node, format string, args ...any) error {
	r.errs = append(r.errs, n.at(joinPointer(r.path)).Errorf(format, args...))
	return errStop
}

// shownSegments is how many segments of a pointer are shown; deeper than that
// only hostile input goes.
const shownSegments = 32

func joinPointer(path []string) string {
	var b strings.Builder
	for i, seg := range path {
		if i == shownSegments {
			b.WriteString("/…")
			break
		}
		b.WriteByte('/')
		b.WriteString(escapePointer(seg))
	}
	return b.String()
}
