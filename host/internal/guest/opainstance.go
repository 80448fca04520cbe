package guest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// OPABuiltins runs built-in functions for one call of a policy. Values are in Rego's notation: operands as the policy's
// module writes them, the result, nil if it is undefined, in any way that it reads.
type OPABuiltins interface {
	Builtin(ctx context.Context, name string, operands [][]byte) ([]byte, error)
}

// OPAData is what a policy sees as data, whoever asks.
type OPAData struct {
	JSON []byte // an object
	// Gaps are the places in it of which nobody knows what is there: paths, each an array of keys in JSON. The policy finds
	// something there, and fails when it looks at it.
	Gaps [][]byte
}

// opaInstance is one instance of a policy that OPA compiled. It is for one goroutine at a time.
type opaInstance struct {
	cell
	policy *OPAPolicy
	calls  [opaFunctions]api.Function
	data   uint64 // pointer of the data
	gaps   uint64 // how many there are in the data
	run    OPABuiltins
	stack  [3]uint64
}

// wake makes an instance as far as its start function goes.
func (p *OPAPolicy) wake(ctx context.Context) (*opaInstance, error) {
	c, err := p.open(ctx)
	if err != nil {
		c.close()
		return nil, err
	}
	in := &opaInstance{cell: c, policy: p}
	for f, e := range opaExports {
		in.calls[f] = in.mod.ExportedFunction(e.name)
	}
	in.side.SetOutside(in)
	return in, nil
}

// start makes an instance up to its initial state: with the data in it, and room for values of a call's.
func (p *OPAPolicy) start(ctx context.Context, data *OPAData, room uint64) (*opaInstance, error) {
	in, err := p.wake(ctx)
	if err != nil {
		return nil, err
	}
	if err := in.initialise(ctx, data, room); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

func (in *opaInstance) initialise(ctx context.Context, data *OPAData, room uint64) (err error) {
	if in.data, err = in.parse(ctx, data.JSON); err != nil {
		return err
	}
	for _, path := range data.Gaps {
		if err := in.gap(ctx, in.data, path, in.gaps); err != nil {
			return err
		}
		in.gaps++
	}
	// What a call needs is taken and given back, so that the memory need not grow in calls: an instance whose memory grew
	// cannot be used again.
	heap, err := in.do(ctx, fHeapGet)
	if err != nil {
		return err
	}
	if _, err := in.do(ctx, fMalloc, room); err != nil {
		return err
	}
	if _, err := in.do(ctx, fHeapSet, heap); err != nil {
		return err
	}
	return in.settle()
}

// outOfMemory is what a policy says that gets no more memory.
const outOfMemory = "opa_malloc: failed"

// do calls a function of OPA's ABI.
func (in *opaInstance) do(ctx context.Context, f int, args ...uint64) (uint64, error) {
	clear(in.stack[:])
	copy(in.stack[:], args)
	e := &opaExports[f]
	if err := in.call(ctx, e.name, in.calls[f], in.stack[:max(e.params, e.results)]); err != nil {
		var abort *offer.AbortError
		if errors.As(err, &abort) && abort.Message == outOfMemory {
			err = in.failed(e.name, fmt.Errorf("%w: it may have %d KiB; raise limits.memoryPages", memory.ErrPages, uint64(in.code.limits.MemoryPages)*memory.PageSize>>10))
		}
		return 0, err
	}
	return uint64(uint32(in.stack[0])), nil
}

// parse has the policy read a value from Rego's notation, of which JSON is a part.
func (in *opaInstance) parse(ctx context.Context, text []byte) (uint64, error) {
	at, err := in.do(ctx, fMalloc, uint64(len(text)))
	if err != nil {
		return 0, err
	}
	if err := in.put(at, text); err != nil {
		return 0, in.failed(opaExports[fMalloc].name, err)
	}
	v, err := in.do(ctx, fParse, at, uint64(len(text)))
	if err == nil && v == 0 {
		err = in.failed(opaExports[fParse].name, fmt.Errorf("%w: it does not read what the host wrote", ErrOPA))
	}
	return v, err
}

// put writes into the policy's memory.
func (in *opaInstance) put(at uint64, text []byte) error {
	mem := in.mem.Bytes()
	if at == 0 || at+uint64(len(text)) > uint64(len(mem)) {
		return fmt.Errorf("%w: it gives %d bytes at %d, in a memory of %d", ErrOPA, len(text), at, len(mem))
	}
	copy(mem[at:], text)
	return nil
}

// gap leaves gap number n at a path of a value. What is there is a pointer beyond all the memory that the policy may ever
// have: to look at it is to trap. Each is another, so that no two look equal, and the same one equals itself, whatever it is.
func (in *opaInstance) gap(ctx context.Context, value uint64, path []byte, n uint64) error {
	at := uint64(in.code.limits.MemoryPages)*memory.PageSize + n
	if at >= 1<<32 {
		return in.failed(opaExports[fAddPath].name, fmt.Errorf("%w: the memory it may have leaves no room to mark %d unknown facts; lower limits.memoryPages", memory.ErrPages, n+1))
	}
	keys, err := in.parse(ctx, path)
	if err != nil {
		return err
	}
	status, err := in.do(ctx, fAddPath, value, keys, at)
	if err == nil && status != 0 {
		err = in.failed(opaExports[fAddPath].name, fmt.Errorf("%w: it does not take an unknown fact at %s", ErrOPA, path))
	}
	return err
}

// text is a value as a function of the policy writes it. It is good until the policy is called again.
func (in *opaInstance) text(ctx context.Context, f int, value uint64) ([]byte, error) {
	at, err := in.do(ctx, f, value)
	if err != nil {
		return nil, err
	}
	text, err := in.terminated(at)
	if err != nil {
		return nil, in.failed(opaExports[f].name, err)
	}
	return text, nil
}

// terminated is the text at a pointer, which ends in a zero.
func (in *opaInstance) terminated(at uint64) ([]byte, error) {
	mem := in.mem.Bytes()
	if at == 0 || at >= uint64(len(mem)) {
		return nil, fmt.Errorf("%w: it answers a text at %d, in a memory of %d bytes", ErrOPA, at, len(mem))
	}
	text := mem[at:]
	text = text[:min(len(text), maxOPAText+1)]
	n := bytes.IndexByte(text, 0)
	switch {
	case n >= 0:
		return text[:n:n], nil
	case len(text) > maxOPAText:
		return nil, fmt.Errorf("%w: it answers a text of more than %d bytes", ErrOPA, maxOPAText)
	}
	return nil, fmt.Errorf("%w: it answers a text at %d that has no end", ErrOPA, at)
}

// OPACall is a call of a policy about one site.
type OPACall struct {
	Input    []byte   // what it sees as input, in JSON
	Gaps     [][]byte // places in it, as of [OPAData]
	Builtins OPABuiltins
	// Check reads the answers; its error is the call's.
	Check func(answers [][]byte) error
	// Again says that what fails was asked before, to learn why: it is not counted, and asked of a policy that kept failing.
	Again bool
}

// ask asks the policy all its rules, and gives for each what it answers, in Rego's notation: a set of bindings, of which
// there is one, result, or none if the rule is undefined.
func (in *opaInstance) ask(ctx context.Context, d offer.Decision, c *OPACall) (answers [][]byte, used int64, err error) {
	limits := &in.code.limits
	fuel := limits.fuel(1)
	if err := in.begin(fuel, 1, d); err != nil {
		return nil, 0, in.failed(opaExports[fEval].name, err)
	}
	in.run = c.Builtins
	defer func() { in.run, used = nil, in.used(fuel) }()
	input, err := in.parse(ctx, c.Input)
	if err != nil {
		return nil, 0, err
	}
	for n, path := range c.Gaps {
		if err := in.gap(ctx, input, path, in.gaps+uint64(n)); err != nil {
			return nil, 0, err
		}
	}
	state, err := in.do(ctx, fNewContext)
	if err != nil {
		return nil, 0, err
	}
	if _, err := in.do(ctx, fSetInput, state, input); err != nil {
		return nil, 0, err
	}
	if _, err := in.do(ctx, fSetData, state, in.data); err != nil {
		return nil, 0, err
	}
	for i := range in.policy.asked {
		text, err := in.eval(ctx, state, in.policy.asked[i].number)
		if err != nil {
			return nil, 0, err
		}
		answers = append(answers, bytes.Clone(text))
	}
	return answers, 0, nil
}

// eval asks one rule.
func (in *opaInstance) eval(ctx context.Context, state, rule uint64) ([]byte, error) {
	if _, err := in.do(ctx, fSetEntrypoint, state, rule); err != nil {
		return nil, err
	}
	status, err := in.do(ctx, fEval, state)
	if err != nil {
		return nil, err
	}
	if status != 0 {
		return nil, in.failed(opaExports[fEval].name, fmt.Errorf("%w: it reports failure %d", ErrOPA, int32(uint32(status))))
	}
	value, err := in.do(ctx, fResult, state)
	if err != nil {
		return nil, err
	}
	return in.text(ctx, fDump, value)
}

// Fuel that a built-in function takes which the policy calls outside: for calling it, and for each byte of its operands, before
// it runs, and of its result, before that is given to the policy. A byte is written and read, and a value made of it, on
// both sides; what functions do with a value is near linear in its size, and bounded besides by the limits of rules.
const (
	costBuiltin     = 2000
	costBuiltinByte = 64
)

// Builtin answers the policy; see [offer.Outside].
func (in *opaInstance) Builtin(ctx context.Context, number int32, operands []uint32) (uint32, error) {
	name, ok := in.policy.builtins[number]
	if !ok || in.run == nil {
		return 0, &offer.OutsideError{Err: fmt.Errorf("%w: it calls the built-in function %d, which it did not name", ErrOPA, number)}
	}
	if err := in.side.Pay(costBuiltin); err != nil {
		return 0, err
	}
	texts := make([][]byte, len(operands))
	for i, value := range operands {
		text, err := in.dumped(value)
		if err != nil {
			return 0, err
		}
		if err := in.side.Pay(costBuiltinByte * uint64(len(text))); err != nil {
			return 0, err
		}
		texts[i] = bytes.Clone(text)
	}
	out, err := in.run.Builtin(ctx, name, texts)
	if err != nil {
		if !strings.HasPrefix(err.Error(), name+": ") {
			err = fmt.Errorf("%s: %w", name, err)
		}
		return 0, &offer.OutsideError{Err: err}
	}
	if out == nil {
		return 0, nil
	}
	if err := in.side.Pay(costBuiltinByte * uint64(len(out))); err != nil {
		return 0, err
	}
	return in.taken(out)
}

// dumped is a value, as the policy writes it while it waits for a built-in function.
func (in *opaInstance) dumped(value uint32) ([]byte, error) {
	stack := [1]uint64{uint64(value)}
	if err := in.side.Within(in.calls[fDump], stack[:]); err != nil {
		return nil, err
	}
	text, err := in.terminated(uint64(uint32(stack[0])))
	if err != nil {
		return nil, &offer.OutsideError{Err: err}
	}
	return text, nil
}

// taken is the pointer of a value that the policy reads while it waits for a built-in function.
func (in *opaInstance) taken(text []byte) (uint32, error) {
	stack := [2]uint64{uint64(len(text))}
	if err := in.side.Within(in.calls[fMalloc], stack[:1]); err != nil {
		return 0, err
	}
	at := uint64(uint32(stack[0]))
	if err := in.put(at, text); err != nil {
		return 0, &offer.OutsideError{Err: err}
	}
	stack = [2]uint64{at, uint64(len(text))}
	if err := in.side.Within(in.calls[fParse], stack[:]); err != nil {
		return 0, err
	}
	return uint32(stack[0]), nil
}
