package decode

import "bytes"

// scanYAML refuses, in one pass and without allocating, YAML that the library
// would spend long on before the exact limits can be checked on its result,
// and characters that make YAML read differently from the same text as JSON.
func scanYAML(name string, data []byte, lim Limits) error {
	if i := directive(data); i >= 0 {
		return fail(posAt(name, data, i), "", "YAML directives (%%…) are not supported; delete the line")
	}
	if i := oddBreak(data); i >= 0 {
		return fail(posAt(name, data, i), "",
			"the line break characters U+0085, U+2028 and U+2029 are not allowed; use a newline, or an escape in quotes")
	}
	var (
		depth      int // brackets open, quoted ones included
		indicators int // block indicators ("- ", "? ") in a row
		separators int
		deepest    = lim.Depth + yamlDepthSlack
		most       = (lim.Nodes + 1) * yamlNodeSlack
	)
	for i, c := range data {
		switch c {
		case '[', '{':
			depth++
			separators++
		case ']', '}':
			depth = max(depth-1, 0)
		case ',', ':', '\n':
			separators++
			indicators = 0
		case '-', '?':
			if i+1 < len(data) && data[i+1] == ' ' {
				indicators++
				separators++
			}
		case ' ':
		default:
			indicators = 0
		}
		if depth > deepest || indicators > deepest {
			return fail(posAt(name, data, i), "", "nested more than %d deep; that is the limit", lim.Depth)
		}
		if separators > most {
			return fail(posAt(name, data, i), "", "too many values; the limit is %d", lim.Nodes)
		}
	}
	return nil
}

// directive returns the offset of the first line that begins with %, or -1.
func directive(data []byte) int {
	if len(data) > 0 && data[0] == '%' {
		return 0
	}
	if i := bytes.Index(data, []byte("\n%")); i >= 0 {
		return i + 1
	}
	return -1
}

// oddBreak returns the offset of the first NEL, LS or PS, which YAML 1.1 takes
// for line breaks, or -1.
func oddBreak(data []byte) int {
	first := -1
	for _, s := range []string{"\u0085", "\u2028", "\u2029"} {
		if i := bytes.Index(data, []byte(s)); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}
