package lane

import (
	"errors"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// Run is one question: its heap, and what has been evaluated for it. It is for
// one goroutine. Everything it hands out is good until it is closed.
type Run struct {
	world *World
	h     *heap
	env   plan.Env

	program *Program
	consts  []id

	columns   []*column // all that have been made
	columnsIn int       // in use
	grownAll  []*collection
	grownIn   int
	bitsAll   []*flags
	bitsIn    int
	frames    [][]*frame        // by function: free ones
	memo      map[uint64]*found // by the calls' hashes
	memoArgs  []id
	fields    int     // of documents put together anew for the lanes at hand
	args      []val   // of the calls at hand
	pieces    []piece // of what slots were
	foundAll  []*found
	foundIn   int
	lastInput numbered
	lastData  numbered
	late      map[fieldKey]*field
	completed map[*table]*table
	wholes    map[*table]*column
	singles   map[*table]id
	opened    map[id]id
	scratch   []id
	versions  map[val]int32
	varied    int // reads of what differs between lanes
	deep      int
	broken    bool // a fault has ended it
	steps     int64
	lookAt    int64 // what is left of the steps when the context is looked at next
	work      *plan.Work
	worked    int // steps for single lanes that have not been spent yet
	asked     int // lanes that were asked about
	text      int // limit on the bytes of one text

	failed   mask // lanes on which a rule fails
	failures []Failure
	results  []piece // of a query
}

// Failure is an error of a rule on some lanes.
type Failure struct {
	Place string
	Err   error
	lanes mask
}

// newColumn returns an empty column that lives as long as the run.
func (r *Run) newColumn() *column {
	if r.columnsIn == len(r.columns) {
		r.columns = append(r.columns, new(column))
	}
	c := r.columns[r.columnsIn]
	r.columnsIn++
	return c
}

func (r *Run) newBits() *flags {
	if r.bitsIn == len(r.bitsAll) {
		r.bitsAll = append(r.bitsAll, new(flags))
	}
	b := r.bitsAll[r.bitsIn]
	r.bitsIn++
	*b = flags{}
	return b
}

// forget makes everything that the run has made free again.
func (r *Run) forget() {
	clear(r.memo)
	r.NextBlock()
	clear(r.late)
	clear(r.completed)
	clear(r.singles)
	clear(r.opened)
	r.work.Forget()
	r.h.reset()
}

// NextBlock forgets what hangs on the lanes at hand, so that the run can go on with
// others. What is the same for all of them has been evaluated.
func (r *Run) NextBlock() {
	for _, c := range r.columns[:r.columnsIn] {
		c.ids, c.def, c.odd, c.closed, c.most, c.nums = [Width]id{}, mask{}, mask{}, false, 0, nil
	}
	r.columnsIn, r.bitsIn = 0, 0
	for _, g := range r.grownAll[:r.grownIn] {
		g.reset()
	}
	r.grownIn = 0
	for key, f := range r.memo {
		if f.call.input >= 0 || f.call.data != dataVersion || f.done != all || f.next != nil || len(f.result.pieces) == 1 && f.result.pieces[0].v.form != uniform {
			delete(r.memo, key)
		}
	}
	r.dropCalls()
	r.fields = 0
	clear(r.wholes)
	r.renumber()
	r.pieces = r.pieces[:0]
	r.results = r.results[:0]
	r.failures = r.failures[:0]
	r.failed = mask{}
}

// Errors of a run. Lanes on which something is not done here are handed back to be
// evaluated one by one; these end the whole run.
var (
	errSteps  = errors.New("the budget of steps is spent")
	errDeep   = errors.New("calls within calls")
	errMemory = errors.New("the values of a run take too much memory")
)

// Bounds on the memory of one run. A rule that comes near them makes much of little
// on many lanes; one by one it is kept within the limits of one site.
const (
	maxValues  = 1 << 18
	maxBytes   = 32 << 20 // of the values' text
	maxColumns = 1 << 14  // of about 2 KiB each
	maxMembers = 1 << 21  // of collections of which part is unknown
	// What follows is looked at with the context: a statement makes few of them.
	maxFields      = 1 << 17 // of documents put together anew, of about 300 bytes each
	maxCalls       = 1 << 17 // of about 500 bytes
	maxCollections = 1 << 16 // of about 700 bytes
	maxFlags       = 1 << 18 // of 128 bytes
	maxPieces      = 1 << 18 // of about 100 bytes
)

// crowded tells whether the run has passed a bound on what no statement makes much of.
func (r *Run) crowded() bool {
	return r.fields > maxFields || r.foundIn > maxCalls || r.grownIn > maxCollections || r.bitsIn > maxFlags || len(r.pieces) > maxPieces
}

// full tells whether the run has passed a bound.
func (r *Run) full() bool {
	return r.h.n > maxValues || r.h.bytes > maxBytes || r.columnsIn > maxColumns || r.work.Made() > maxMembers
}

// maxDeep bounds calls within calls.
const maxDeep = 1_000

// act is one execution of a block: the lanes on it. Certainty is relative to how
// the block was entered: where all lanes of p are taken to be sure.
type act struct {
	p, s mask
	// bases are certainties to which s is relative, from the outermost; see
	// frame.rebase.
	bases []mask
	left  bool // some lanes have left this block from inside another
	// goneS have left surely, as seen from here, goneP possibly.
	goneS, goneP mask
	log          int // length of the frame's log on entry
	serial       int // tells executions apart
	depth        int
	// saved says that the frame's fresh keeps, from index fresh on, which slots
	// were fresh before the first test here that came out unknown.
	saved bool
	fresh int
}

// sure returns the lanes that are here surely, as seen from the entry.
func (a *act) sure() mask {
	s := a.s
	for i := range a.bases {
		s.and(&a.bases[i])
	}
	return s
}

// drop takes lanes off the path: they surely do not go on.
func (a *act) drop(m *mask) {
	lanes := *m // which may be a's own
	a.p.andNot(&lanes)
	a.s.andNot(&lanes)
}

// frame is the evaluation of one function.
type frame struct {
	r      *Run
	fn     *function
	simple []val
	slots  []slot
	acts   []act
	log    []entry
	fresh  []mask
	// bad are lanes that are not evaluated here any further.
	bad     mask
	anyBad  bool
	split   bool     // a test has come out unknown
	serial  int      // of the block entered last
	walkers []walker // by depth
	loose   []mask   // lanes of each scan at hand whose members come in no known order
	ret     slot
}

// slot is a shared local.
type slot struct {
	pieces []piece
	p, s   mask // possibly, surely defined
	bad    mask // its value is not known here
	fresh  mask // set since a test came out unknown there last
}

// piece is a val on some lanes.
type piece struct {
	v val
	m mask
}

// entry notes that a slot was set while a test had come out unknown.
type entry struct {
	slot *slot
	p    mask // where it was set
	sure mask // of these, those that were sure as seen from the block at hand
	old  slot // what it was
}

// frame returns a free frame for a function.
func (r *Run) frame(fn *function) *frame {
	free := &r.frames[fn.index+1]
	if n := len(*free); n > 0 {
		f := (*free)[n-1]
		*free = (*free)[:n-1]
		return f
	}
	f := &frame{r: r, fn: fn, simple: make([]val, fn.simple), slots: make([]slot, fn.shared), acts: make([]act, fn.depth+1), walkers: make([]walker, fn.depth+1)}
	for i := range f.acts {
		f.acts[i].depth = i
	}
	return f
}

// release frees a frame.
func (r *Run) release(f *frame) {
	clear(f.simple)
	for i := range f.slots {
		s := &f.slots[i]
		s.pieces, s.p, s.s, s.bad, s.fresh = s.pieces[:0], mask{}, mask{}, mask{}, mask{}
	}
	f.log, f.fresh = f.log[:0], f.fresh[:0]
	f.bad, f.anyBad, f.split, f.loose, f.serial = mask{}, false, false, f.loose[:0], 0
	f.ret.pieces, f.ret.p, f.ret.s, f.ret.bad = f.ret.pieces[:0], mask{}, mask{}, mask{}
	r.frames[f.fn.index+1] = append(r.frames[f.fn.index+1], f)
}

// giveUp hands lanes back.
func (f *frame) giveUp(a *act, m *mask) {
	f.bad.or(m)
	f.anyBad = true
	a.drop(m)
}

// fail notes that a rule fails on lanes, and hands them back.
func (f *frame) fail(a *act, where string, err error, m *mask) {
	lanes := less(m, &f.r.failed)
	if !lanes.none() {
		f.r.failures = append(f.r.failures, Failure{where, err, lanes})
		f.r.failed.or(&lanes)
	}
	f.giveUp(a, m)
}

// test goes on where a test passes: surely on yes, possibly on unknown.
func (f *frame) test(a *act, yes, unknown *mask) {
	if within(&a.p, yes) {
		return
	}
	open := both(&a.p, unknown)
	if open.andNot(yes); !open.none() {
		f.parts(a, &open)
		a.p.and(yes)
		a.p.or(&open)
	} else {
		a.p.and(yes)
	}
	a.s.and(yes)
}

// enter begins a block on lanes.
func (f *frame) enter(depth int, lanes *mask) *act {
	a := &f.acts[depth]
	a.p, a.s = *lanes, *lanes
	f.serial++
	a.bases, a.left, a.log, a.serial, a.saved = a.bases[:0], false, len(f.log), f.serial, false
	return a
}

// run executes a block that has been entered.
func (f *frame) run(b block, depth int) error {
	a := &f.acts[depth]
	r := f.r
	for i := range b {
		if r.steps--; r.steps < r.lookAt {
			if err := r.look(); err != nil {
				return err
			}
		}
		if r.full() {
			return errMemory
		}
		narrowed, err := f.stmt(&b[i], depth)
		if err != nil {
			return err
		}
		if err := r.work.Err(); err != nil {
			return err
		}
		if narrowed && a.p.none() {
			break
		}
	}
	if a.saved || len(f.log) > a.log {
		r.toil(len(f.slots) + len(f.log) - a.log)
		f.meet(a)
	}
	return nil
}

// rejoin goes on after a block: without the lanes that have left from inside it.
func (f *frame) rejoin(a *act) {
	if a.left {
		a.p.andNot(&a.goneS)
		if meet(&a.p, &a.goneP) {
			m := both(&a.p, &a.goneP)
			f.parts(a, &m)
		}
		a.s.andNot(&a.goneP)
		a.s.and(&a.p)
		a.left = false
	}
	if f.anyBad {
		a.drop(&f.bad)
	}
}

// leave takes lanes out of n more blocks than the one at depth.
func (f *frame) leave(depth, n int, lanes *mask) {
	a := &f.acts[depth]
	sure := a.sure()
	sure.and(lanes)
	for i := 1; i <= n && i <= depth; i++ {
		up := &f.acts[depth-i]
		if !up.left {
			up.left, up.goneS, up.goneP = true, mask{}, mask{}
		}
		up.goneS.or(&sure)
		up.goneP.or(lanes)
		s := up.sure()
		sure.and(&s)
	}
	a.drop(lanes)
}

// surely returns which lanes are sure as seen from an outer block.
func (f *frame) surely(depth, from, bases int) mask {
	s := f.acts[depth].s
	for d := depth; ; d-- {
		a := &f.acts[d]
		if d < depth {
			s.and(&a.s)
		}
		low := 0
		if d == from {
			low = bases
		}
		for i := low; i < len(a.bases); i++ {
			s.and(&a.bases[i])
		}
		if d <= from {
			return s
		}
	}
}

// rebase makes the lanes at hand sure as seen from here, for what is made here.
// It returns which base that is.
func (f *frame) rebase(a *act) int {
	if a.s != a.p {
		a.bases = append(a.bases, a.s)
		a.s = a.p
	}
	return len(a.bases)
}

// spend takes part of the budget.
func (r *Run) spend(n int) error {
	r.steps -= int64(n)
	return r.look()
}

// lookEvery is how many steps pass between looks at the context.
const lookEvery = 1024

// look tells whether to go on.
func (r *Run) look() error {
	if r.steps < 0 {
		return errSteps
	}
	r.lookAt = max(0, r.steps-lookEvery)
	if r.crowded() {
		return errMemory
	}
	if r.env.Context.Context != nil {
		if err := r.env.Context.Context.Err(); err != nil {
			return err
		}
	}
	return nil
}

// spendLane takes steps that were made for one lane off the budget, which is one for
// all that were asked about.
func (r *Run) spendLane(n int) error {
	r.worked += n
	n, r.worked = r.worked/r.asked, r.worked%r.asked
	return r.spend(n)
}

// toil takes work for all lanes at once off the budget, by parts of values looked at.
// Whether that is spent the next statement tells.
func (r *Run) toil(parts int) { r.steps -= int64(parts / plan.PartsPerStep) }

// toilOn takes work off the budget that is done with so many parts on each of some
// lanes.
func (r *Run) toilOn(parts int, lanes *mask) {
	if parts >= plan.PartsPerStep {
		r.toil(parts * (1 + lanes.count()/lanesPerPart))
	}
}

// lanesPerPart is on how many lanes a part is looked at in the time that it takes to
// look at another.
const lanesPerPart = 8
