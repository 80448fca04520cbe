package placement

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Schema returns the JSON Schema (2020-12) of a kind of document: "request" or
// "decision". What a schema cannot say, such as that names resolve, Decode
// checks beyond it.
func Schema(kind string) ([]byte, error) {
	switch kind {
	case "request":
		return decode.Schema(Request{}, "https://bailiwick.dev/schema/request.json", "Bailiwick placement request")
	case "decision":
		return decode.Schema(Decision{}, "https://bailiwick.dev/schema/decision.json", "Bailiwick decision")
	}
	return nil, fmt.Errorf("there is no schema of %q here%s", kind, decode.DidYouMean(kind, []string{"request", "decision"}))
}
