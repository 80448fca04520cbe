package bench

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"
)

// Each function is measured as many times as fit into the time, within these
// bounds: the median of eleven is not moved by five that something else disturbed.
const (
	mostRounds  = 11
	leastRounds = 3
)

// maxGrowth bounds how much longer the next trial is, which a first one that was
// too quick would otherwise overrate; maxTimes bounds a trial altogether.
const (
	maxGrowth = 100
	maxTimes  = 1_000_000_000
)

// figures are what one evaluation takes.
type figures struct {
	ns, allocs, bytes int64
}

// round is what n evaluations took.
type round struct {
	took          time.Duration
	allocs, bytes uint64
}

// measure warms each function up, finds out how often it fits into its share of
// the time, and evaluates them in turns, round by round. It returns the median of
// each. An error of a function, and the context's end, ends it.
func measure(ctx context.Context, fs []func(context.Context) error, budget time.Duration) ([]figures, error) {
	times, rounds := make([]int, len(fs)), mostRounds
	for i, f := range fs {
		n, took, err := fit(ctx, f, budget/mostRounds)
		if err != nil {
			return nil, err
		}
		times[i] = n
		rounds = int(min(int64(rounds), max(leastRounds, int64(budget/max(took, 1)))))
	}
	taken := make([][]round, len(fs))
	for range rounds {
		for i, f := range fs {
			r, err := run(ctx, f, times[i])
			if err != nil {
				return nil, err
			}
			taken[i] = append(taken[i], r)
		}
	}
	out := make([]figures, len(fs))
	for i := range fs {
		out[i] = middle(taken[i], times[i])
	}
	return out, nil
}

// fit returns how often a function is evaluated in about the time given, at least
// once, and how long that took.
func fit(ctx context.Context, f func(context.Context) error, target time.Duration) (n int, took time.Duration, err error) {
	if err := evaluate(ctx, f, 1); err != nil { // whatever is made on first use is made
		return 0, 0, err
	}
	for n = 1; ; {
		start := time.Now()
		if err := evaluate(ctx, f, n); err != nil {
			return 0, 0, err
		}
		took = time.Since(start)
		if took >= target*3/4 || n >= maxTimes {
			return n, took, nil
		}
		each := max(took/time.Duration(n), 1)
		n = int(max(int64(n)+1, min(int64(n)*maxGrowth, int64(target/each), maxTimes)))
	}
}

func evaluate(ctx context.Context, f func(context.Context) error, n int) error {
	for range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f(ctx); err != nil {
			return err
		}
	}
	return nil
}

// run measures n evaluations, with nothing left to collect of those before.
func run(ctx context.Context, f func(context.Context) error, n int) (round, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	err := evaluate(ctx, f, n)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return round{took, after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}, err
}

// middle returns the median of the rounds, of each figure by itself, for one of n
// evaluations.
func middle(rs []round, n int) figures {
	return figures{
		ns:     median(rs, func(r round) int64 { return int64(r.took) }) / int64(n),
		allocs: median(rs, func(r round) int64 { return int64(r.allocs) }) / int64(n),
		bytes:  median(rs, func(r round) int64 { return int64(r.bytes) }) / int64(n),
	}
}

func median(rs []round, of func(round) int64) int64 {
	sorted := slices.SortedFunc(slices.Values(rs), func(a, b round) int { return cmp.Compare(of(a), of(b)) })
	return of(sorted[len(sorted)/2])
}
