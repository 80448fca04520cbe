// Package conformance says what an engine must answer, and asks it.
//
// A [Case] is one request over one topology with some policies, and what must come out. Cases name no engine:
// they are YAML files (docs/conformance.md has the format), and those of the project are embedded ([Cases]).
// An [Engine] is whatever decides: one of the host's ([Hosts]), or anybody's with two methods.
//
//	cases, err := conformance.Cases()              // or Load, with cases of one's own
//	report, err := conformance.Run(ctx, engines, cases, conformance.Options{})
//	report.WriteJUnit(file)
//
// An engine need not know Rego or the topology's format to take part: [Case.Snapshot] and [Case.PolicySet]
// give both ready made. Who writes an engine in Go tests it with package conformancetest.
//
// Nothing here is linked by who embeds the host, and nothing of package testing is linked from here.
package conformance
