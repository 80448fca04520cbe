// Package placement holds the two documents at the ends of a decision: the
// [Request] people write and the [Decision] they get. It has types, decoding
// and validation, and no engine.
//
//	text ──Decode──▶ *Request ──(engine, elsewhere)──▶ *Decision ──Canonical──▶ text
//
// [Decode] is strict: unknown fields, duplicate keys, names that do not resolve
// within the request and values that make no sense are errors with file, line
// and column. What it returns has every default filled in, so that two requests
// that mean the same have the same [Request.Digest]. Whether a site, service or
// population exists is for the topology to say and is not looked at here.
//
// [Request.Unsupported] refuses what a request may say and the engines of this
// version do not act on yet: nothing that is asked for is quietly ignored.
//
// Both documents have a JSON Schema, made from the same struct tags they are
// decoded by: see [Schema].
package placement
