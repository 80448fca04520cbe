package decode

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Parse reads one YAML or JSON document. The text is JSON if name ends in
// .json or its first character that is not a space is { or [; anything else is
// YAML. name is used in positions only: no file is opened.
//
// The error is an [Errors] with file, line and column.
func Parse(name string, data []byte, lim Limits) (*Node, error) {
	lim = lim.withDefaults()
	if err := checkText(name, data, lim); err != nil {
		return nil, err
	}
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 {
		return nil, fail(Pos{File: name, Line: 1, Column: 1}, "", "the text is empty")
	}
	if strings.HasSuffix(name, ".json") || trimmed[0] == '{' || trimmed[0] == '[' {
		return parseJSON(name, data, lim)
	}
	return parseYAML(name, data, lim)
}

// checkText refuses what no format here may hold, before anything is parsed.
func checkText(name string, data []byte, lim Limits) error {
	switch {
	case len(data) > lim.Bytes:
		return fail(Pos{File: name}, "", "the text is %d bytes; the limit is %d", len(data), lim.Bytes)
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		return fail(Pos{File: name, Line: 1, Column: 1}, "",
			"the text begins with a byte order mark; save it as UTF-8 without one")
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return fail(posAt(name, data, i), "", "NUL byte; the text must be UTF-8")
	}
	if !utf8.Valid(data) {
		return fail(posAt(name, data, invalidUTF8(data)), "", "invalid UTF-8")
	}
	return nil
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// posAt turns a byte offset into a position.
func posAt(name string, data []byte, offset int) Pos {
	before := data[:min(offset, len(data))]
	line := bytes.Count(before, []byte{'\n'}) + 1
	start := bytes.LastIndexByte(before, '\n') + 1
	return Pos{File: name, Line: line, Column: utf8.RuneCount(before[start:]) + 1}
}
