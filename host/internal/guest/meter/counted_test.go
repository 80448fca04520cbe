package meter_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// counting is a function (i, n i32) -> i32 with a loop that counts i by a step, and gives back i.
type counting struct {
	op       byte  // comparison of i and the bound: i32.eq to i32.ge_u, i32.eqz, or 0 for i alone
	step     int32 // what is added in every turn
	top      bool  // while (comparison) { …; i += step } rather than do { i += step } while (comparison)
	swapped  bool  // whether the bound is the left operand
	constant bool  // whether the bound is n's value here rather than n
	bound    int32
	form     int // how the step is written, 0 to 3
	filling  int // fuel for what a loop with its exit on top does beside that
	not      bool
}

func (c counting) String() string {
	return fmt.Sprintf("op %#x step %d top %t swapped %t constant %t %d form %d filling %d not %t", c.op, c.step, c.top, c.swapped, c.constant, c.bound, c.form, c.filling, c.not)
}

// code writes the function's body.
func (c counting) code() []byte {
	var by, bound, test []byte
	switch c.form % 3 {
	case 0:
		by = wasmtest.Cat([]byte{0x20, 0, 0x41}, wasmtest.S(int64(c.step)), []byte{0x6a})
	case 1:
		by = wasmtest.Cat([]byte{0x41}, wasmtest.S(int64(c.step)), []byte{0x20, 0, 0x6a})
	case 2:
		by = wasmtest.Cat([]byte{0x20, 0, 0x41}, wasmtest.S(int64(-c.step)), []byte{0x6b})
	}
	bound = []byte{0x20, 1}
	if c.constant {
		bound = append([]byte{0x41}, wasmtest.S(int64(c.bound))...)
	}
	i := []byte{0x20, 0}
	var before []byte
	switch {
	case c.top:
	case c.form > 2:
		before = append(by, 0x21, 0)
	default:
		i = append(by, 0x22, 0)
	}
	switch {
	case c.op == 0:
		test = i
	case c.op == 0x45:
		test = append(i, 0x45)
	case c.swapped:
		test = wasmtest.Cat(bound, i, []byte{c.op})
	default:
		test = wasmtest.Cat(i, bound, []byte{c.op})
	}
	if c.not {
		test = append(test, 0x45)
	}
	if c.top {
		return wasmtest.Cat([]byte{0x02, 0x40, 0x03, 0x40}, test, []byte{0x0d, 1},
			bytes.Repeat([]byte{0x41, 1, 0x1a}, c.filling), by, []byte{0x21, 0, 0x0c, 0, 0x0b, 0x0b, 0x20, 0, 0x0b})
	}
	return wasmtest.Cat([]byte{0x03, 0x40}, before, test, []byte{0x0d, 0, 0x0b, 0x20, 0, 0x0b})
}

// compared reports what the instructions of the comparison come to.
func (c counting) compared(i, n int32) bool {
	if c.constant {
		n = c.bound
	}
	if c.swapped {
		i, n = n, i
	}
	var is bool
	switch c.op {
	case 0:
		is = i != 0
	case 0x45:
		is = i == 0
	case 0x46:
		is = i == n
	case 0x47:
		is = i != n
	case 0x48:
		is = i < n
	case 0x49:
		is = uint32(i) < uint32(n)
	case 0x4a:
		is = i > n
	case 0x4b:
		is = uint32(i) > uint32(n)
	case 0x4c:
		is = i <= n
	case 0x4d:
		is = uint32(i) <= uint32(n)
	case 0x4e:
		is = i >= n
	case 0x4f:
		is = uint32(i) >= uint32(n)
	}
	return is != c.not
}

// run turns the loop, at most so many times: what i is then, the fuel it takes with what comes behind it, and
// whether it comes to its end.
func (c counting) run(i, n int32, most int) (last int32, fuel int64, ends bool) {
	test := int64(4) // i, bound, comparison, branch
	switch {
	case c.op == 0:
		test = 2
	case c.op == 0x45:
		test = 3
	}
	if c.not {
		test++
	}
	fuel = 1
	for range most {
		fuel++ // the loop turns
		if c.top {
			fuel += test
			short := int64(c.filling)+5 <= 16 // what is short is paid before the branch
			if short {
				fuel += int64(c.filling) + 5
			}
			if c.compared(i, n) {
				return i, fuel, true
			}
			if !short {
				fuel += int64(c.filling) + 5
			}
			i += c.step
			continue
		}
		fuel += test + 3
		if c.form > 2 {
			fuel++
		}
		if i += c.step; !c.compared(i, n) {
			return i, fuel, true
		}
	}
	return i, fuel, false
}

// known reports whether the loop's turns are known before it begins.
func (c counting) known() bool {
	width := uint32(max(c.step, -c.step))
	goesOn := c.op
	if c.swapped && c.op >= 0x48 {
		// less becomes greater, at most becomes at least
		goesOn = 0x48 + (c.op - 0x48) ^ 2
		if c.op >= 0x4c {
			goesOn = 0x4c + (c.op - 0x4c) ^ 2
		}
	}
	opposite := map[byte]byte{0: 0x45, 0x45: 0, 0x46: 0x47, 0x47: 0x46, 0x48: 0x4e, 0x49: 0x4f, 0x4a: 0x4c, 0x4b: 0x4d, 0x4c: 0x4a, 0x4d: 0x4b, 0x4e: 0x48, 0x4f: 0x49}
	if c.top != c.not {
		goesOn = opposite[goesOn]
	}
	switch goesOn {
	case 0, 0x47:
		return true
	case 0x48, 0x49, 0x4c, 0x4d:
		return c.step > 0 && width&(width-1) == 0
	case 0x4a, 0x4b, 0x4e, 0x4f:
		return c.step < 0 && width&(width-1) == 0
	}
	return false
}

// mostTurns is how often a loop is turned to see what it costs.
const mostTurns = 300

// check runs the loop from i to n, and reports how it ended.
func (c counting) check(t *testing.T, g *guest, i, n int32) string {
	t.Helper()
	args := []uint64{uint64(uint32(i)), uint64(uint32(n))}
	last, want, ends := c.run(i, n, mostTurns)
	if !ends {
		fuel := want - mostTurns
		if round := uint64(1) << 32 / uint64(max(c.step, -c.step)&-max(c.step, -c.step)); round <= mostTurns && c.known() {
			fuel = math.MaxInt64 // i has come round to where it was
		}
		if _, _, why := g.call("count", fuel, 0, args...); why != meter.ErrFuel {
			t.Fatalf("%v: from %d to %d with %d fuel: %v, want it to run out", c, i, n, fuel, why)
		}
		if fuel == math.MaxInt64 {
			return "endless"
		}
		return "long"
	}
	results, used, why := g.call("count", want, 0, args...)
	if why != nil || used != want || int32(results[0]) != last {
		t.Fatalf("%v: from %d to %d: %v, %d fuel, %v; want %d, %d fuel", c, i, n, results, used, why, last, want)
	}
	if _, used, why := g.call("count", want-1, 0, args...); why != meter.ErrFuel || c.known() && used != want {
		t.Fatalf("%v: from %d to %d with a unit too little: %d fuel, %v; want %d", c, i, n, used, why, want)
	}
	// With fuel to begin and no more, a loop whose turns are known asks for all of them before the first.
	_, used, why = g.call("count", 1, 0, args...)
	first := used <= 1+1+4+4+1+int64(c.filling)+5
	if why != meter.ErrFuel || c.known() && used != want || !c.known() && !first {
		t.Fatalf("%v: from %d to %d with a unit of fuel: %d fuel, %v; want %d", c, i, n, used, why, want)
	}
	return "ended"
}

// guest makes an instance of the loop.
func (c counting) guest(t *testing.T, config wazero.RuntimeConfig) *guest {
	var m wasmtest.Module
	m.Export("count", wasm.Func, m.Func(wasmtest.Sig(wasmtest.Types(i32, i32), wasmtest.Types(i32)), nil, c.code()...))
	return instance(t, config, m.Bytes())
}

// TestCounted holds the fuel of loops that count to what they take when they are turned one by one: of every
// comparison and every way to write it, from and to where i32 has its ends.
func TestCounted(t *testing.T) {
	steps := []int32{1, -1, 2, -2, 3, -3, 4, -4, 12, -12, 7, 255, -4096, 1 << 28, -1 << 28, 3 << 26, -3 << 26, 1 << 30, -1 << 30}
	near := []int32{0, 1, -1, math.MaxInt32, math.MinInt32, 100, -100}
	counts := map[string]int{}
	random := rand.New(rand.NewPCG(1, 2))
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		for op := byte(0x44); op <= 0x4f; op++ {
			for _, step := range steps {
				for form := range 8 {
					c := counting{op: op, step: step, form: form % 4, top: form > 3, filling: random.IntN(20)}
					c.swapped, c.not, c.constant = random.IntN(2) == 0, random.IntN(4) == 0, random.IntN(4) == 0
					c.bound = near[random.IntN(len(near))]
					if op == 0x44 {
						c.op = 0
					}
					if c.op <= 0x45 {
						c.constant, c.bound, c.swapped, c.not = true, 0, false, false
					}
					g := c.guest(t, config)
					for range 12 {
						n := near[random.IntN(len(near))] + int32(random.IntN(9)) - 4
						if c.constant {
							n = c.bound
						}
						i := n - step*int32(random.IntN(40)-4) + int32(random.IntN(3)) - 1
						if random.IntN(4) == 0 {
							i = near[random.IntN(len(near))]
						}
						counts[fmt.Sprintf("%s, known %t", c.check(t, g, i, n), c.known())]++
					}
					g.mod.Close(t.Context())
				}
			}
		}
	})
	t.Log(counts)
	for _, kind := range []string{"ended, known true", "ended, known false", "long, known true", "long, known false", "endless, known true"} {
		if counts[kind] < 300 {
			t.Errorf("%d loops %s", counts[kind], kind)
		}
	}
}

// FuzzCounted is TestCounted with whatever numbers.
func FuzzCounted(f *testing.F) {
	f.Add(byte(0x49), int32(1), byte(0), int32(0), int32(10))
	f.Add(byte(0x47), int32(-12), byte(7), int32(12000), int32(0))
	f.Add(byte(0x4c), int32(1<<20), byte(0x15), int32(0), int32(math.MaxInt32))
	f.Add(byte(0), int32(-1), byte(3), int32(9), int32(0))
	f.Fuzz(func(t *testing.T, op byte, step int32, form byte, i, n int32) {
		if step == 0 || step == -step {
			t.Skip("not a step")
		}
		c := counting{op: 0x44 + op%12, step: step, form: int(form & 3), top: form&4 != 0, swapped: form&8 != 0, not: form&16 != 0, filling: int(form >> 5 * 3)}
		if c.op == 0x44 {
			c.op = 0
		}
		if c.op <= 0x45 {
			c.constant, c.swapped, c.not = true, false, false
		}
		for _, e := range engines {
			g := c.guest(t, e.config())
			c.check(t, g, i, n)
			g.mod.Close(t.Context())
		}
	})
}
