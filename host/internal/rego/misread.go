package rego

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// below are the fields of a document, or of each element of a list, by what is below them in turn: the name of another in
// belowInput, "" for what is not looked at.
type below map[string]string

// belowInput are those below input, apart from input.site, which the names of fields are looked up in.
var belowInput = map[string]below{
	"component": fieldsOf(componentFields), "request": fieldsOf(requestFields),
	"path":      {"basis": "", "from": "site", "jurisdictions": "", "private": "", "riskGroups": "", "rttMs": "", "to": "site"},
	"placement": {"chosen": "", "copies": "copy", "objective": "", "paths": "way", "users": "user", "voters": ""},
	"rows":      {"copies": "copy", "objective": "", "paths": "path", "routes": "", "traffic": "", "users": ""}, // a placement as plugins read it
	"way":       {"basis": "", "calls": "", "component": "", "from": "site", "jurisdictions": "", "private": "", "riskGroups": "", "rttMs": "", "to": "site"},
	"user":      {"component": "", "mobile": "", "population": "", "rttMs": "", "site": ""},
	"scenario":  {"controlPlanes": "", "id": "", "kind": "", "lost": "", "rpoSeconds": "", "rtoSeconds": "", "survivors": ""},
	"copy":      {"component": "", "role": "", "site": "site"},
	"site":      fieldsOf(slices.Sorted(maps.Keys(siteFields))),
}

func fieldsOf(names []string) below {
	out := below{}
	for _, name := range names {
		out[name] = ""
	}
	return out
}

// misread is what is wrong with a reference below a document, "" if nothing is. An asterisk stands for each element of a list.
func misread(document string, parts []string, where string) string {
	if len(parts) > 0 && parts[0] == "*" {
		parts, where = parts[1:], where+".*"
	}
	fields := belowInput[document]
	if len(parts) == 0 || fields == nil {
		return ""
	}
	next, ok := fields[parts[0]]
	if !ok {
		return fmt.Sprintf("%s has no field %q%s", where, parts[0], decode.DidYouMean(parts[0], slices.Sorted(maps.Keys(fields))))
	}
	if known := siteFields[parts[0]]; document == "site" && known != nil && len(parts) > 1 && parts[1] != "*" && !slices.Contains(known, parts[1]) {
		return fmt.Sprintf("%s.%s has no field %q%s", where, parts[0], parts[1], decode.DidYouMean(parts[1], known))
	}
	return misread(next, parts[1:], where+"."+parts[0])
}
