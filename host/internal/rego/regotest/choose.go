package regotest

import (
	"fmt"

	"pgregory.net/rapid"
)

const (
	// maxDeep is how deep expressions nest.
	maxDeep = 3
	// rollBits is how many coins a choice is tossed with: enough that none of a few dozen is favoured.
	rollBits = 11
)

// writer writes one module, or several that belong together.
type writer struct {
	t       *rapid.T
	vars    int        // how many variables were made up
	deep    int        // how deep the expression at hand nests
	scope   []variable // what the body at hand has bound
	helpers []helper   // rules that may be referred to
	prefix  string     // of their names
	home    string     // the package they are in
	// wide says that the body at hand goes through something large already: twice would be too much to ask
	// at every site.
	wide bool
	// called says that what is written may be asked for many times: it goes through nothing large.
	called bool
}

// variable is one that a body has bound.
type variable struct {
	name string
	kind kind
}

// coin is one bit. Rapid favours small numbers elsewhere, and shrinks heads to tails.
var coin = rapid.Bool()

// roll returns a number below n, all about equally often.
func (w *writer) roll(n int) int {
	if n < 2 {
		return 0
	}
	bits := 0
	for range rollBits {
		bits <<= 1
		if coin.Draw(w.t, "coin") {
			bits |= 1
		}
	}
	return bits * n >> rollBits
}

// chance is true in so many of a hundred cases.
func (w *writer) chance(percent int) bool { return w.roll(100) >= 100-percent }

// pick returns one of several.
func pick[V any](w *writer, of []V) V { return of[w.roll(len(of))] }

func (w *writer) pick(of ...string) string { return pick(w, of) }

// some returns at least one and at most n of several, each once, in their order.
func some(w *writer, n int, of []string) []string {
	want := 1 + w.roll(min(n, len(of)))
	out := make([]string, 0, want)
	for i, s := range of {
		// Every subset of the wanted size is as likely as any other.
		if w.roll(len(of)-i) < want-len(out) {
			out = append(out, s)
		}
	}
	return out
}

// option is one of several ways to write something, as likely as its weight says.
type option struct {
	weight int
	write  func() string
}

// either writes in one of several ways. The simplest should come first: failures shrink to it.
func (w *writer) either(of ...option) string {
	sum := 0
	for _, o := range of {
		sum += o.weight
	}
	at := w.roll(sum)
	for _, o := range of {
		if at -= o.weight; at < 0 {
			return o.write()
		}
	}
	panic("regotest: no option has a weight")
}

// fresh makes up a variable.
func (w *writer) fresh() string {
	w.vars++
	return fmt.Sprintf("v%d", w.vars)
}

// bind adds a variable to what the body at hand can refer to.
func (w *writer) bind(k kind) string {
	name := w.fresh()
	w.scope = append(w.scope, variable{name, k})
	return name
}

// bound returns the variables of a kind.
func (w *writer) bound(k kind) []string {
	var names []string
	for _, v := range w.scope {
		if v.kind == k {
			names = append(names, v.name)
		}
	}
	return names
}

// inside writes something that has a scope of its own.
func (w *writer) inside(write func() string) string {
	scope, wide := w.scope, w.wide
	w.scope = scope[:len(scope):len(scope)]
	defer func() { w.scope, w.wide = scope, wide }()
	return write()
}

// through notes that the body at hand goes through a collection of a kind.
func (w *writer) through(k kind) {
	w.wide = w.wide || large(k)
}

// large says that a collection of a kind may have hundreds of members.
func large(k kind) bool {
	if k.form() == "table" {
		return k.member().form() == "record" || k.key() == "site" || k.key() == "service"
	}
	return k.member() == text("service") || k.member() == text("site")
}
