// Package baseline evaluates policies with plain OPA, used as well as it can be:
// what the host's own engines are measured against. It knows nothing of unknown
// facts and sets no bounds.
//
//	policy.Set, Question ──New──▶ Baseline ──Prepare(Form, policy)──▶ Query ──Eval──▶ Answer
//
// There are two forms, see [Form]; each is the quickest of those that were tried
// (see tried.go). The policies are evaluated as they are written. Whoever writes
// rules anew, so that what no site changes stands apart from what each does, may
// gain more than a form of asking can.
package baseline
