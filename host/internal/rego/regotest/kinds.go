package regotest

import "strings"

// kind is what a value is, in words: "text country", "number ms", "truth", "list text country" (an array),
// "set text country", "table country number ms" (an object by country), "record site" (an object of known
// fields). The word behind text, number and record says which.
type kind string

const truth kind = "truth"

func text(domain string) kind     { return kind("text " + domain) }
func number(quantity string) kind { return kind("number " + quantity) }
func record(name string) kind     { return kind("record " + name) }
func list(of kind) kind           { return "list " + of }
func set(of kind) kind            { return "set " + of }

// table is an object whose keys are texts of a domain.
func table(domain string, of kind) kind { return kind("table " + domain + " " + string(of)) }

// form is the first word.
func (k kind) form() string {
	form, _, _ := strings.Cut(string(k), " ")
	return form
}

// of is what stands behind the form: a domain, a quantity, a record's name, or the kind of members.
func (k kind) of() string {
	_, rest, _ := strings.Cut(string(k), " ")
	return rest
}

// member is the kind of a collection's members, a table's values among them.
func (k kind) member() kind {
	if k.form() == "table" {
		_, value, _ := strings.Cut(k.of(), " ")
		return kind(value)
	}
	return kind(k.of())
}

// key is the domain of a table's keys.
func (k kind) key() string {
	key, _, _ := strings.Cut(k.of(), " ")
	return key
}
