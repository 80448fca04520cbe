package rego

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// below are the fields of a document, or of each element of a list, by what is below them in turn: the name of another in
// belowInput, "" for what is not looked at.
type below map[string]string

// belowInput are those below input, apart from input.site, which the names of fields are looked up in.
var belowInput = map[string]below{
	"path":      {"basis": "", "from": "site", "jurisdictions": "", "private": "", "riskGroups": "", "rttMs": "", "to": "site"},
	"placement": {"chosen": "", "copies": "copy", "objective": "", "paths": "way", "users": "user", "voters": ""},
	"rows":      {"copies": "copy", "objective": "", "paths": "path", "routes": "", "traffic": "", "users": ""}, // a placement as plugins read it
	"way":       {"basis": "", "calls": "", "component": "", "from": "site", "jurisdictions": "", "private": "", "riskGroups": "", "rttMs": "", "to": "site"},
	"user":      {"component": "", "mobile": "", "population": "", "rttMs": "", "site": ""},
	"scenario":  {"controlPlanes": "", "id": "", "kind": "", "lost": "", "rpoSeconds": "", "rtoSeconds": "", "survivors": ""},
	"copy":      {"component": "", "role": "", "site": "site"},
	"site":      fieldsOf(slices.Sorted(maps.Keys(siteFields))),
}

func init() {
	belowInput["component"] = documentOf(reflect.TypeFor[placement.Component]())
	belowInput["component"]["data"] = typeName(reflect.TypeFor[placement.DataSet]()) // names are replaced by what they name
	documentOf(reflect.TypeFor[placement.DataSet]())
	belowInput["request"] = documentOf(reflect.TypeFor[placement.Spec]())
}

// typeName is the name of a type of requests among the documents.
func typeName(t reflect.Type) string { return "placement." + t.Name() }

// documentOf notes the fields that a struct has in documents, and those of the structs below it. What writes itself, and
// what has names of its own, is not looked into.
func documentOf(t reflect.Type) below {
	out := below{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		out[name] = ""
		if inner.Kind() != reflect.Struct || inner == reflect.TypeFor[placement.Objective]() {
			continue
		}
		out[name] = typeName(inner)
		if belowInput[out[name]] == nil {
			belowInput[out[name]] = below{} // it may be below itself
			belowInput[out[name]] = documentOf(inner)
		}
	}
	return out
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
