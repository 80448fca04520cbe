package record

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// IsID reports whether text is meant as an id or the beginning of one, not as the name of a file: sha256:
// and digits, or eight or more hexadecimal digits alone.
func IsID(text string) bool {
	return strings.HasPrefix(text, digestPrefix) || len(text) >= minPrefix && len(text) <= 64 && isHex(text)
}

// Find returns the id that is meant by an id or a beginning of one that only one decision has.
func (s *Store) Find(text string) (string, error) {
	digits := strings.TrimPrefix(text, digestPrefix)
	if !isHex(digits) || len(digits) > 64 || len(digits) < minPrefix {
		return "", fmt.Errorf("record: %q is no id of a decision: give sha256: and 64 hexadecimal digits, or the first %d or more", text, minPrefix)
	}
	ids, err := s.IDs()
	if err != nil {
		return "", err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return !strings.HasPrefix(id, digestPrefix+digits) })
	switch len(ids) {
	case 0:
		return "", fmt.Errorf("record: no decision %s is recorded in %s", text, s.dir)
	case 1:
		return ids[0], nil
	}
	return "", fmt.Errorf("record: %s stands for %d decisions in %s, %s and %s among them; give more digits", text, len(ids), s.dir, ids[0], ids[1])
}

// IDs returns the ids of all decisions, sorted.
func (s *Store) IDs() ([]string, error) {
	entries, err := fs.ReadDir(s.root.FS(), decisionsDir)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", s.dir, err)
	}
	var ids []string
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if _, isDigest := hexOf(digestPrefix + id); ok && isDigest {
			ids = append(ids, digestPrefix+id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Decision reads a decision by its whole id, and verifies that it is the one of that id.
func (s *Store) Decision(id string) (*placement.Decision, error) {
	d, err := s.decision(id)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return d, nil
}

func (s *Store) decision(id string) (*placement.Decision, error) {
	digits, ok := hexOf(id)
	if !ok {
		return nil, fmt.Errorf("%q is no id of a decision", id)
	}
	name := path.Join(decisionsDir, digits+".json")
	text, err := s.read(name, maxDecisionBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no decision %s is recorded in %s: there is no %s", id, s.dir, s.path(name))
	}
	if err != nil {
		return nil, err
	}
	d, err := DecodeDecision(s.path(name), text)
	if err != nil {
		return nil, err
	}
	canonical, err := d.Canonical()
	if err != nil {
		return nil, err
	}
	named := *d
	if err := named.ComputeID(); err != nil {
		return nil, err
	}
	if d.ID != id || named.ID != id || !bytes.Equal(text, canonical) {
		return nil, fmt.Errorf("%s: %w: its content is not the decision of that id", s.path(name), ErrDamaged)
	}
	return d, nil
}

// DecodeDecision reads a decision to replay. One that does not read because another version wrote it is
// reported as [ErrSemantics].
func DecodeDecision(name string, text []byte) (*placement.Decision, error) {
	d, err := placement.DecodeDecision(name, text)
	if err == nil {
		return d, nil
	}
	n, perr := decode.Parse(name, text, decode.Limits{Bytes: maxDecisionBytes})
	if perr != nil {
		return nil, err
	}
	var semantics int
	inputs, at := n.At("/inputs"), n.At("/inputs/semantics") // the nearest there is, where there is none
	if inputs.Kind() != decode.Mapping || at.Into(&semantics) != nil || semantics == host.Semantics {
		return nil, err
	}
	return nil, otherSemantics(name, semantics)
}

func otherSemantics(name string, semantics int) error {
	return fmt.Errorf("%s: %w: its semantics are version %d, this program's are version %d, and the same inputs may rightly come out otherwise; replay it with the version that decided it",
		name, ErrSemantics, semantics, host.Semantics)
}

// record reads the record of a decision.
func (s *Store) record(id string) (*Record, error) {
	name := path.Join(recordsDir, id+".json")
	text, err := s.read(name, maxRecordBytes)
	if err != nil {
		return nil, err
	}
	n, err := decode.Parse(s.path(name), text, decode.Limits{Bytes: maxRecordBytes})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r := &Record{}
	if err := n.Into(r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	sealed := *r
	if err := sealed.seal(); err != nil {
		return nil, err
	}
	if sealed.ID != r.ID || r.Decision != digestPrefix+id {
		return nil, s.damaged(name)
	}
	return r, nil
}

// Inputs reads what a recorded decision was made from, and verifies it against the digests the decision
// names.
func (s *Store) Inputs(id string) (*Inputs, error) {
	d, err := s.Decision(id)
	if err != nil {
		return nil, err
	}
	in, err := s.inputs(d)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return in, nil
}

func (s *Store) inputs(d *placement.Decision) (*Inputs, error) {
	digits, _ := hexOf(d.ID) // the decision was read by it
	r, err := s.record(digits)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the record of decision %s is missing: there is no %s", d.ID, s.path(path.Join(recordsDir, digits+".json")))
	}
	if err != nil {
		return nil, err
	}
	in := &Inputs{RunnersUp: r.RunnersUp}
	text, err := s.object("snapshot", r.Snapshot)
	if err != nil {
		return nil, err
	}
	if in.Snapshot, err = topology.FromBytes(text); err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", r.Snapshot, err)
	}
	if text, err = s.object("policy bundle", r.Policies); err != nil {
		return nil, err
	}
	if in.Policies, err = policy.FromBundle(text); err != nil {
		return nil, fmt.Errorf("policy bundle %s: %w", r.Policies, err)
	}
	if text, err = s.object("request", r.Request); err != nil {
		return nil, err
	}
	if in.Request, err = placement.Decode("request "+r.Request, text); err != nil {
		return nil, err
	}
	return in, belong(d, *in)
}
