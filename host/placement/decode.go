package placement

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Decode reads a request from YAML or JSON, checks it and fills its defaults.
// name is used in positions only. The error lists every fault with file, line,
// column and JSON pointer, up to a limit.
func Decode(name string, data []byte) (*Request, error) {
	n, err := decode.Parse(name, data, requestLimits)
	if err != nil {
		return nil, err
	}
	r := &Request{node: n}
	if err := n.Into(r); err != nil {
		return nil, err
	}
	r.Spec.fill()
	if err := r.validate(); err != nil {
		return nil, err
	}
	r.sum = r.Digest()
	return r, nil
}

// New checks a request made in Go and returns it with its defaults filled, as
// Decode does with text. r is not changed. Fields left at their zero value are
// omitted, except a user's Weight, which is 0 then. Positions in errors are
// JSON pointers only.
func New(r Request) (*Request, error) {
	r.APIVersion, r.Kind = APIVersion, RequestKind
	data, err := r.Canonical()
	if err != nil {
		return nil, err
	}
	out, err := Decode("", data)
	if err != nil {
		return nil, withoutPositions(err)
	}
	out.node = nil // nobody has seen that text
	return out, nil
}

// Canonical returns the request as canonical JSON (RFC 8785).
func (r *Request) Canonical() ([]byte, error) {
	data, err := decode.Canonical(r)
	if err != nil {
		return nil, fmt.Errorf("placement request: %w", err)
	}
	return data, nil
}

// Digest returns "sha256:" and the hexadecimal SHA-256 of the canonical JSON. It
// is "" only for a request made in Go with numbers JSON cannot hold, which New
// refuses.
func (r *Request) Digest() string {
	data, err := r.Canonical()
	if err != nil {
		return ""
	}
	return digest(data)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// withoutPositions drops the lines and columns of a text nobody has seen.
func withoutPositions(err error) error {
	errs := collect(nil, err)
	for _, e := range errs {
		e.Pos = decode.Pos{}
	}
	return errs.Sorted()
}
