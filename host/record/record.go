package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Record says where the inputs of a decision are kept.
type Record struct {
	APIVersion string `json:"apiVersion" omit:"required" enum:"bailiwick/v1"`
	Kind       string `json:"kind" omit:"required" enum:"Record"`
	// ID is the SHA-256 of this document's canonical JSON with an empty id.
	ID       string `json:"id" omit:"required" format:"digest"`
	Decision string `json:"decision" omit:"required" format:"digest"`
	// Snapshot, Policies and Request name objects by the SHA-256 of their bytes. The decision's inputs name
	// the first two by digests of their own.
	Snapshot string `json:"snapshot" omit:"required" format:"digest"`
	Policies string `json:"policies" omit:"required" format:"digest"`
	Request  string `json:"request" omit:"required" format:"digest"`
	// RunnersUp is the one input that no digest covers: how many placements beside the best were asked for.
	RunnersUp int `json:"runnersUp" omit:"required" min:"0" max:"100"`
}

const (
	recordVersion = "bailiwick/v1"
	recordKind    = "Record"
)

// seal sets the ID.
func (r *Record) seal() error {
	r.ID = ""
	text, err := decode.Canonical(r)
	if err != nil {
		return err
	}
	r.ID = digestOf(text)
	return nil
}

// Inputs are what a decision is made from.
type Inputs struct {
	Snapshot  *topology.Snapshot
	Policies  *policy.Set
	Request   *placement.Request
	RunnersUp int
}

// Decide asks h and keeps the decision with what went into it. If it could be made but not kept, Decide
// returns both the decision and the error.
func (s *Store) Decide(ctx context.Context, h *host.Host, req *placement.Request) (*placement.Decision, error) {
	var d *placement.Decision
	for range attempts {
		before, err := h.Generation()
		if err != nil {
			return nil, err
		}
		if d, err = h.Decide(ctx, req); err != nil {
			return nil, err
		}
		after, err := h.Generation()
		if err != nil {
			return d, fmt.Errorf("record: %w", err)
		}
		if before == after {
			return d, s.Put(d, Inputs{after.Snapshot, after.Policies, req, after.RunnersUp})
		}
	}
	return d, fmt.Errorf("record: the host was reloaded during each of %d attempts, so it is not known from what this decision was made; decide again", attempts)
}

// Put keeps a decision with its inputs, which must be those it was made from. What is there already is not
// written again. The decision is written last: where there is one, its inputs are there too.
func (s *Store) Put(d *placement.Decision, in Inputs) error {
	if err := s.keepAll(d, in); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

func (s *Store) keepAll(d *placement.Decision, in Inputs) error {
	if err := belong(d, in); err != nil {
		return err
	}
	decision, err := d.Canonical()
	if err != nil {
		return err
	}
	id, ok := hexOf(d.ID)
	if !ok {
		return fmt.Errorf("the decision's id %q is not a digest", d.ID)
	}
	r := &Record{APIVersion: recordVersion, Kind: recordKind, Decision: d.ID, RunnersUp: in.RunnersUp}
	if r.Snapshot, err = s.keepOnce(d.Inputs.Snapshot, func() ([]byte, error) { return in.Snapshot.Bytes(), nil }); err != nil {
		return err
	}
	if r.Policies, err = s.keepOnce(d.Inputs.Policies, in.Policies.Bundle); err != nil {
		return err
	}
	if r.Request, err = s.keepRequest(in.Request); err != nil {
		return err
	}
	if err := s.putRecord(r, id); err != nil {
		return err
	}
	return s.put(path.Join(decisionsDir, id+".json"), decision)
}

// belong checks that a decision was made from inputs, as far as it says.
func belong(d *placement.Decision, in Inputs) error {
	if in.Snapshot == nil || in.Policies == nil || in.Request == nil {
		return errors.New("an input is missing: give the snapshot, the policies and the request")
	}
	named := *d
	if err := named.ComputeID(); err != nil {
		return err
	}
	if named.ID != d.ID {
		return fmt.Errorf("the decision's id is %s, its content's %s", d.ID, named.ID)
	}
	for _, c := range []struct{ what, said, got string }{
		{"snapshot", d.Inputs.Snapshot, in.Snapshot.Digest()},
		{"policies", d.Inputs.Policies, in.Policies.Digest()},
		{"request", d.Inputs.Request, in.Request.Digest()},
	} {
		if c.said != c.got {
			return fmt.Errorf("decision %s was not made from this: its %s is %s, not %s", d.ID, c.what, c.said, c.got)
		}
	}
	return nil
}

// keepOnce keeps an input that many decisions share, and remembers where.
func (s *Store) keepOnce(digest string, content func() ([]byte, error)) (string, error) {
	s.mu.Lock()
	object := s.known[digest]
	s.mu.Unlock()
	if object != "" && s.there(object) { // somebody may have tidied up
		return object, nil
	}
	data, err := content()
	if err != nil {
		return "", err
	}
	if object, err = s.keep(data); err != nil {
		return "", err
	}
	s.mu.Lock()
	s.known[digest] = object
	s.mu.Unlock()
	return object, nil
}

// keepRequest keeps a request after making sure that it reads back as the same one.
func (s *Store) keepRequest(req *placement.Request) (string, error) {
	text, err := req.Canonical()
	if err != nil {
		return "", err
	}
	again, err := placement.Decode("request", text)
	if err != nil {
		return "", fmt.Errorf("the request cannot be kept: its canonical form does not read back: %w", err)
	}
	if got := again.Digest(); got != req.Digest() {
		return "", fmt.Errorf("the request cannot be kept: its canonical form reads back as %s, not %s", got, req.Digest())
	}
	return s.keep(text)
}

// putRecord keeps the record of a decision. One that differs in RunnersUp alone says the same: the decision
// comes out alike.
func (s *Store) putRecord(r *Record, id string) error {
	name := path.Join(recordsDir, id+".json")
	switch there, err := s.record(id); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case there.Snapshot != r.Snapshot || there.Policies != r.Policies || there.Request != r.Request:
		return s.damaged(name)
	default:
		return nil
	}
	if err := r.seal(); err != nil {
		return err
	}
	text, err := decode.Canonical(r)
	if err != nil {
		return err
	}
	return s.write(name, text)
}
