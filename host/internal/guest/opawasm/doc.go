// Package opawasm asks policies that OPA compiled to WebAssembly (opa build -t wasm) beside the others, in the sandbox of
// package guest: under the same caps, and without any code that is not Go.
//
//	policy.Policy ──Load──▶ *Policy ──Bind(*Data)──▶ *Pool ──Case(Input)──▶ *Case ──Site──▶ rego.Result
//	                module    entrypoints and         data.topology        input.request,  one evaluation of the module
//	                          built-ins are checked   is read once         component       for each of its rules
//
// Such a policy sees the documents that Rego's rules see, and cannot say "unknown". So its manifest lists the facts that it
// reads, and a site at which one of them is unknown is undecided without its being asked.
//
// A list can be wrong, and a fact that is unknown must not look like one that is not there. So every unknown fact is there, in
// what the policy sees, as something that it cannot look at: a pointer to beyond its memory. Passing it on goes well, as in
// the three-valued logic of the other engines; to compare it, to show it or to compute with it traps, and the error says
// which fact the list lacks. So nothing fails open: what a policy answers hangs on no fact that is unknown.
//
// Built-in functions that the module does not hold itself are OPA's own, called with the limits of rules; what they fail for
// is an error. Those that it holds are undefined where they fail, for that is how OPA compiles them.
package opawasm
