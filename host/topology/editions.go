package topology

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// changeDays lists the days on which an entry begins or ceases to hold, sorted.
func changeDays(s *Sections) []string {
	days := map[string]bool{}
	every(s, func(e entry) {
		d := e.days()
		days[d.since], days[d.until] = true, true
	})
	delete(days, "")
	return sortedKeys(days)
}

// checkDates refuses entries that never hold, and two that hold on the same day.
func checkDates(s *Sections) decode.Errors {
	var errs decode.Errors
	fail := func(pos decode.Pos, format string, args ...any) {
		if len(errs) < maxErrors {
			errs = append(errs, &decode.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)})
		}
	}
	every(s, func(e entry) {
		if d := e.days(); d.never() {
			fail(e.common().Pos, "%s", d.whyNever(subject(e)))
		}
	})
	for _, v := range keyed(s) {
		overlaps(v, false, fail)
	}
	return errs
}

// subject names an entry in an error.
func subject(e entry) string {
	what, key := e.name()
	if key == "" {
		return what
	}
	return fmt.Sprintf("%s %q", what, key)
}

// edition is a topology as it stands from one day until the next one on which something changes.
type edition struct {
	since string // "": the first one
	c     *catalogue
}

// when says of which days an edition speaks, in an error.
func (e edition) when(next string) string {
	if e.since == "" {
		return "before " + next
	}
	return "from " + e.since
}

// resolveEditions validates a dated topology on all its days. An error that stands on several of them is
// reported once; one that only stands on other days than asOf says on which.
func resolveEditions(t *Topology, days []string) ([]edition, error) {
	if len(days) >= maxEditions {
		return nil, fmt.Errorf("topology: since and until name %d days, which make more than %d editions; leave out bounds that no decision asks about, such as those long past, or let changes that lie close together begin on one day", len(days), maxEditions)
	}
	if errs := checkDates(&t.Sections); len(errs) > 0 {
		return nil, errs.Sorted()
	}
	editions := make([]edition, 1+len(days))
	now := 0
	for i, day := range days {
		editions[i+1].since = day
		if day <= t.Metadata.AsOf {
			now = i + 1
		}
	}
	known := t.names()
	var errs decode.Errors
	seen := map[decode.Error]bool{} // without suggestions, which differ between editions
	for _, i := range append([]int{now}, slices.Delete(numbers(len(editions)), now, now+1)...) {
		e := &editions[i]
		span := period{since: e.since}
		if i < len(days) {
			span.until = days[i]
		}
		c, err := resolve(t.on(span, known), max(t.Metadata.AsOf, e.since))
		var more decode.Errors
		if err != nil && !errors.As(err, &more) {
			return nil, err
		}
		for _, x := range more {
			bare := *x
			bare.Msg, _, _ = strings.Cut(bare.Msg, "; did you mean")
			if seen[bare] || len(errs) >= maxErrors {
				continue
			}
			seen[bare] = true
			if i != now {
				x = &decode.Error{Pos: x.Pos, Pointer: x.Pointer, Msg: fmt.Sprintf("%s (%s)", x.Msg, e.when(days[0]))}
			}
			errs = append(errs, x)
		}
		e.c = c
	}
	if len(errs) > 0 {
		return nil, errs
	}
	// The edition in force on the day of the facts comes first here, because it is what an image shows of
	// itself; see compileEditions.
	return append([]edition{editions[now]}, editions...), nil
}

func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// compileEditions lays a dated topology out: the tables of the edition in force on the day of the facts,
// and every edition as an image of its own inside.
func compileEditions(t *Topology, days []string) ([]byte, error) {
	all, err := resolveEditions(t, days)
	if err != nil {
		return nil, err
	}
	now, editions := all[0], all[1:]
	b := now.c.lay()
	since, size := make([]string, len(editions)), make([]int32, len(editions))
	for i, e := range editions {
		inner, err := e.c.lay().Bytes()
		if err != nil {
			return nil, fmt.Errorf("topology: edition %s: %w", e.when(days[0]), err)
		}
		since[i], size[i] = e.since, int32(len(inner))
		// A column holds at most image.MaxRows bytes; a larger image goes on in the next one.
		parts := (len(inner) + maxEditionRows - 1) / maxEditionRows
		rows := (len(inner) + parts - 1) / parts
		table := b.Table(editionTable(i), rows)
		for p := range parts {
			part := make([]byte, rows)
			copy(part, inner[min(p*rows, len(inner)):])
			table.Uint8s(editionColumn(p), part, image.States{})
		}
	}
	table := b.Table("editions", len(editions))
	table.Strings("since", since, image.States{})
	table.Int32s("bytes", size, image.States{})
	return b.Bytes()
}

func editionTable(i int) string  { return fmt.Sprintf("edition.%02d", i) }
func editionColumn(p int) string { return fmt.Sprintf("image.%03d", p) }

// openEditions opens the editions of a dated topology, if it is one, and verifies every byte of them.
func (s *Snapshot) openEditions() error {
	t, err := s.img.Table("editions")
	if err != nil {
		return nil // one edition only: the image itself
	}
	damaged := func(i int, err error) error { return fmt.Errorf("%w: edition %d: %w", ErrSchema, i, err) }
	since, err := t.Strings("since")
	if err != nil {
		return fmt.Errorf("%w: table editions: %w", ErrSchema, err)
	}
	size, err := t.Int32s("bytes")
	if err != nil {
		return fmt.Errorf("%w: table editions: %w", ErrSchema, err)
	}
	if n := t.Rows(); n < 2 || n > maxEditions {
		return fmt.Errorf("%w: table editions has %d rows; it has 2 to %d", ErrSchema, n, maxEditions)
	}
	for i := range t.Rows() {
		day := since.At(i)
		if i == 0 && day != "" || i > 0 && day <= s.since[i-1] {
			return fmt.Errorf("%w: the days of table editions are not in order at row %d", ErrSchema, i)
		}
		img, err := s.inner(i, int(size.At(i)))
		if err != nil {
			return damaged(i, err)
		}
		if err := img.Verify(); err != nil {
			return damaged(i, err)
		}
		e, err := plainSnapshot(img)
		if err != nil {
			return damaged(i, err)
		}
		if _, err := img.Table("editions"); err == nil {
			return damaged(i, errors.New("it has editions itself"))
		}
		if e.name != s.name || e.asOf != s.asOf {
			return damaged(i, fmt.Errorf("it is called %q as of %s, and the whole %q as of %s", e.name, e.asOf, s.name, s.asOf))
		}
		s.since, s.editions = append(s.since, day), append(s.editions, e)
	}
	return nil
}

// inner opens the image of edition i: in place if it is in one column, else a copy of its parts.
func (s *Snapshot) inner(i, size int) (*image.Image, error) {
	t, err := s.img.Table(editionTable(i))
	if err != nil {
		return nil, err
	}
	if rows := t.Rows(); size <= 0 || rows == 0 || size > maxEditionBytes {
		return nil, fmt.Errorf("%d bytes in %d rows are no image", size, rows)
	}
	first, err := t.Uint8s(editionColumn(0))
	if err != nil {
		return nil, err
	}
	if size <= t.Rows() {
		return image.Within(s.img, first.Values()[:size])
	}
	var whole []byte
	for p := range 1 + (size-1)/t.Rows() {
		part, err := t.Uint8s(editionColumn(p))
		if err != nil {
			return nil, err
		}
		whole = append(whole, part.Values()...)
	}
	return image.FromBytes(whole[:size])
}

// On returns the topology as it stands on a day, YYYY-MM-DD: the edition in force, or s itself if the
// topology is the same on every day. An edition has a digest of its own; its name and AsOf are those of
// the whole. It may be used as long as s may.
func (s *Snapshot) On(day string) *Snapshot {
	for i := len(s.editions) - 1; i >= 0; i-- {
		if s.since[i] <= day {
			return s.editions[i]
		}
	}
	return s
}

// Changes lists the days on which another edition comes into force, sorted; none if the topology is the
// same on every day.
func (s *Snapshot) Changes() []string {
	if len(s.since) == 0 {
		return nil
	}
	return slices.Clone(s.since[1:]) // the first edition has no first day
}
