// Package strict reads documents of one's own as strictly as the host reads topologies, requests and
// configurations: YAML and JSON alike, with unknown fields, duplicate keys and wrong types as errors that say
// file, line, column, JSON pointer and the nearest known name.
//
//	type rule struct {
//		ID   string   `json:"id" omit:"required" format:"id"`
//		Tags []string `json:"tags" omit:"none"`
//	}
//
// A type says by struct tags how it is read:
//
//	json:"name"          the field's name
//	omit:"required"      leaving the field out is an error; omit:"none" says that it is not
//	default:"value"      what a scalar field is when it is left out
//	enum:"a|b|c"         the only values allowed
//	min:"0" max:"5"      inclusive bounds of a number
//	minItems:"1"         the least number of elements of a list
//	format:"id"          id, date, date-time, digest or text (not only spaces)
//	decode:"pos"         on a field of type Pos: receives where the mapping stands
//
// Types of other packages that read themselves, such as a request's objective, do so here too. A list or
// mapping that is left out is nil; one that is written and empty is not.
package strict

import "github.com/bailiwick-dev/bailiwick/host/internal/decode"

// Pos is a place in a text: file, line and column. The zero Pos is no place.
type Pos = decode.Pos

// Error is one fault of a text, with its place.
type Error = decode.Error

// Errors is every fault of a text. [Errors.Sorted] makes an error of it, nil if there is none.
type Errors = decode.Errors

// Decode reads one document into v, a non-nil pointer. The text is JSON if name ends in .json or its first
// character that is not a space is { or [; anything else is YAML. No file is opened. On an error, which is an
// Errors unless v's tags are wrong, v must not be used.
func Decode(name string, text []byte, v any) error {
	n, err := decode.Parse(name, text, decode.Limits{})
	if err != nil {
		return err
	}
	return n.Into(v)
}

// DidYouMean returns `; did you mean "x" or "y"?` for the known names that are near to name, or "".
func DidYouMean(name string, known []string) string { return decode.DidYouMean(name, known) }
