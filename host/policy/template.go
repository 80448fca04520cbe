package policy

import (
	"fmt"
	"strconv"
	"strings"
)

// maxTemplateArgs is how many arguments a plugin's reason may have.
const maxTemplateArgs = 8

// Template is the text of a plugin's reason, with places for arguments.
type Template struct{ parts []part }

// part is text, or the place of an argument.
type part struct {
	text   string
	arg    int // less than 0: text
	digits int // after the point, of a number; less than 0: as many as it takes
}

// ParseTemplate reads a text in which {0} to {7} stand for arguments, {1:.2} for a number with two digits after the
// point, and {{ and }} for braces.
func ParseTemplate(text string) (Template, error) {
	var t Template
	var plain strings.Builder
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			plain.WriteString(rest)
			break
		}
		plain.WriteString(rest[:i])
		brace := rest[i]
		rest = rest[i+1:]
		if rest != "" && rest[0] == brace {
			plain.WriteByte(brace)
			rest = rest[1:]
			continue
		}
		inside, after, closed := strings.Cut(rest, "}")
		if brace == '}' || !closed {
			return Template{}, fmt.Errorf("%q has a single %c; write %c%c for the character itself", text, brace, brace, brace)
		}
		p, ok := parsePlace(inside)
		if !ok {
			return Template{}, fmt.Errorf("%q has {%s}; write {0} to {%d} for an argument, or {0:.2} for a number with two digits", text, inside, maxTemplateArgs-1)
		}
		t.parts = append(t.parts, part{text: plain.String(), arg: -1}, p)
		plain.Reset()
		rest = after
	}
	t.parts = append(t.parts, part{text: plain.String(), arg: -1})
	return t, nil
}

// parsePlace reads what stands between braces.
func parsePlace(s string) (part, bool) {
	number, format, formatted := strings.Cut(s, ":")
	p := part{digits: -1}
	var err error
	if len(number) != 1 {
		return p, false
	}
	if p.arg, err = strconv.Atoi(number); err != nil || p.arg < 0 || p.arg >= maxTemplateArgs {
		return p, false
	}
	if !formatted {
		return p, true
	}
	digits, ok := strings.CutPrefix(format, ".")
	if !ok || len(digits) != 1 || digits[0] < '0' || digits[0] > '9' {
		return p, false
	}
	p.digits = int(digits[0] - '0')
	return p, true
}

// Execute puts arguments in their places: arg gives each by its number, with so many digits after the point if it is a
// number and digits is not less than 0. A place whose argument there is none of is shown as a question mark. A text of
// more than that many bytes ends there in three dots: a place may be repeated, and what is put into it is the guest's.
func (t Template) Execute(most, args int, arg func(n, digits int) string) string {
	var b strings.Builder
	for _, p := range t.parts {
		if b.Len() > most {
			break
		}
		switch {
		case p.arg < 0:
			b.WriteString(p.text)
		case p.arg >= args:
			b.WriteByte('?')
		default:
			b.WriteString(arg(p.arg, p.digits))
		}
	}
	if b.Len() <= most {
		return b.String()
	}
	return strings.ToValidUTF8(b.String()[:most], "") + "..."
}
