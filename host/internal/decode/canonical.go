package decode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Canonical returns v as canonical JSON (RFC 8785): keys sorted, no spaces,
// one way to print a number, no newline at the end. Nil slices and maps are
// empty ones. NaN, infinities, invalid UTF-8, and integers that are not exactly
// a double (some beyond ±2^53) are errors.
func Canonical(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		// The library words its own message differently from build to build.
		if sem, ok := errors.AsType[*json.SemanticError](err); ok && sem.Err != nil {
			err = fmt.Errorf("%q: %w", sem.JSONPointer, sem.Err)
		}
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	if err := checkIntegers(data); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	out := jsontext.Value(data)
	if err := out.Canonicalize(); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	return out, nil
}

// safeDigits is a number of digits that every double holds exactly; only longer
// tokens are looked at closely.
const safeDigits = 15

// checkIntegers refuses integers that canonicalisation would round. Doubles are
// already written the canonical way, so that they always pass.
func checkIntegers(data []byte) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	for {
		tok, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if tok.Kind() != '0' {
			continue
		}
		s := tok.String()
		if len(s) <= safeDigits || digits(s[1:]) != len(s)-1 {
			continue
		}
		if x, err := strconv.ParseFloat(s, 64); err != nil || number64(x) != s {
			return fmt.Errorf("%q: no double is exactly %s; use a string", dec.StackPointer(), s)
		}
	}
}
