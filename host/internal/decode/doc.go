// Package decode turns text that people and programs write (YAML, JSON, CSV)
// into Go structs, strictly, and says exactly where it could not.
//
// The flow is one way:
//
//	text ──Parse or CSV──▶ *Node ──Into──▶ Go struct ──Canonical──▶ RFC 8785 JSON
//
// [Parse] and [CSV] read text into a tree of [Node], every one of which knows
// its file, line and column. [Node.Into] fills a struct by reflection and
// collects every fault, not only the first, into [Errors]. [Schema] writes a
// JSON Schema from the same struct tags, so that the documentation cannot
// differ from what is accepted.
//
// Both formats are read alike: duplicate keys, unknown fields, wrong types,
// null, NaN, hexadecimal numbers, custom tags, merge keys, several documents,
// NUL bytes, invalid UTF-8 and byte order marks are errors. Size, depth and
// number of values are capped before they cost anything; see [Limits].
//
// # Struct tags
//
//	json:"name"         the field's name; "-" leaves the field out; an embedded struct is inlined
//	omit:"unknown"      what leaving the field out means: required, inherited, inapplicable,
//	                    unknown, none or default; or per kind: "region=required,*=unknown"
//	discriminator:"true" the field that says which kind of a per-kind omit applies
//	default:"value"     filled in when a scalar field is left out
//	doc:"text"          the description in the schema
//	enum:"a|b|c"        the only values allowed
//	min:"0" max:"5"     inclusive bounds of a number
//	minItems:"1"        the least number of elements of a list
//	format:"id"         id, date, date-time, digest or text (not only spaces)
//	decode:"pos"        on a field of type [Pos]: receives the mapping's position
//	decode:"given"      on a field of type [Given]: receives which fields were written
//
// A struct with a [Given] can also be decoded in part, to correct another: see
// [Node.IntoPart].
//
// On a slice, enum, min, max and format speak of its elements.
package decode
