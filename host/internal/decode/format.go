package decode

import (
	"regexp"
	"strings"
	"time"
)

// Patterns of the formats; Schema prints them, so that both agree.
const (
	patternID       = `^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$`
	patternDate     = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	patternDateTime = `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?$`
	patternDigest   = `^sha256:[0-9a-f]{64}$`
	patternText     = `[^ \t\n\r]`
)

var (
	dateTimeShape = regexp.MustCompile(patternDateTime)
	digestShape   = regexp.MustCompile(patternDigest)
)

// maxID is the longest identifier: one start character and 127 more.
const maxID = 128

// checkFormat returns "" if s has the format, else what it is not.
func checkFormat(format, s string) string {
	switch format {
	case "id":
		if !isID(s) {
			return "an identifier (1 to 128 of letters, digits and . _ : / -, beginning with a letter or digit)"
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return "a date (YYYY-MM-DD)"
		}
	case "date-time":
		if _, ok := ParseTime(s); !ok {
			return "a time (YYYY-MM-DD or, in full, YYYY-MM-DDThh:mm:ssZ)"
		}
	case "digest":
		if !digestShape.MatchString(s) {
			return "a digest (sha256: and 64 hexadecimal digits in lower case)"
		}
	case "text":
		if strings.Trim(s, " \t\n\r") == "" {
			return "text that says something"
		}
	}
	return ""
}

// isID is patternID without the cost of a regular expression: every row of
// every table has one.
func isID(s string) bool {
	if s == "" || len(s) > maxID || !alphanumeric(s[0]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case alphanumeric(c):
		case c == '.', c == '_', c == ':', c == '/', c == '-':
		default:
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// ParseTime reads the format date-time: RFC 3339, or a date alone, which is
// midnight UTC. The result is in UTC.
func ParseTime(s string) (time.Time, bool) {
	if !dateTimeShape.MatchString(s) {
		return time.Time{}, false
	}
	layout := time.RFC3339
	if len(s) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.Parse(layout, s)
	t = t.UTC() // which may leave the years that four digits can write
	return t, err == nil && t.Year() >= 0 && t.Year() <= 9999
}
