// Package document builds what Rego rules see of a snapshot and a request: data.topology, input.site,
// input.request and input.component, as OPA's own values.
//
// A fact that is unknown is absent from a document, and its path is listed beside it ([Snapshot.Unknown]),
// so that an engine can tell "not there" from "not known". What is the same for every request is built
// once per snapshot and shared; only dated facts are built for each span of days, and latencies for each
// request.
package document
