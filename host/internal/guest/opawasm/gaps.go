package opawasm

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// places are where in a document an unknown fact is, below some keys: paths, as [guest.OPAData] has them. An id may hold dots
// as the fact's name does, so the name's parts are tried as keys of the document, the shortest first.
func places(doc *ast.Term, fact string, under ...string) [][]byte {
	var out [][]byte
	keys := append([]string(nil), under...)
	parts := strings.Split(fact, ".")
	at, ok := doc.Value.(ast.Object)
	if !ok {
		return nil
	}
descend:
	for {
		for n := 1; n < len(parts); n++ {
			key := strings.Join(parts[:n], ".")
			below := at.Get(ast.StringTerm(key))
			if below == nil {
				continue
			}
			if o, ok := below.Value.(ast.Object); ok {
				at, keys, parts = o, append(keys, key), parts[n:]
				continue descend
			}
		}
		break
	}
	// What is left names the fact, or something above it that is not there either.
	for n := len(parts); n > 0; n-- {
		key := strings.Join(parts[:n], ".")
		if n < len(parts) && at.Get(ast.StringTerm(key)) != nil {
			continue
		}
		out = append(out, path(keys, key))
	}
	return out
}

// path is an array of keys in JSON.
func path(keys []string, last string) []byte {
	b := []byte{'['}
	for _, k := range keys {
		b = append(appendString(b, k), ',')
	}
	return append(appendString(b, last), ']')
}
