package baseline

// What was tried: every standard policy at the 512 sites of the embedded
// catalogue, for the request docs/examples/checkout.yaml, by one goroutine; times
// relative to the first line, which took 180 ms. Differences below a tenth are
// within what runs differ by. All have the store made of terms, one transaction,
// no metrics and no tracing.
//
// Site by site, with texts:
//
//	1.0   a query for each policy and site, an equality for each rule; topdown.Query. Kept.
//	1.0   the same, and what was read of data kept between evaluations: a fiftieth fewer allocations. Kept.
//	1.1   an object of all rules in place of the equalities, or a rule that has it as its value
//	1.2   no cache of what is read of data: the store is asked each time
//	1.2   rego.PreparedEvalQuery with a parsed input, the transaction given, and terms left as they are
//	1.4   the same, with results as Go values
//	4     one query for all policies, each with input.settings replaced: the input is copied for each
//
// Partial evaluation with input.site unknown, or all of input, takes 4 to 9 ms a
// policy, of a compiler of its own, and gains nothing where it leaves the rules be:
// they hold nothing that data alone decides. SOV-04 goes through all countries,
// and unrolls: 1.6 s to prepare, 5 times as long to evaluate.
//
// Site by site, verdicts alone:
//
//	0.9   the set deny, and whether it has an element. Kept.
//	0.95  a rule that is true if deny has an element, which ends early
//	1.05  data.p.deny[_], ended from outside at the first result
//
// All at once, with texts:
//
//	1.15  a rule that has the findings of all rules, with each of the documents as the input. Kept.
//	1.15  the same, with the documents put together in Rego, or each a result of its own
//	1.6   an array for each rule, and in it the rule with each of the documents as the input: rules share nothing
//	2.4   an array for each rule, the sites in data, and input.site replaced: OPA copies the input each time
//	200   the same, the sites in the input
//
// All at once, verdicts alone:
//
//	0.9   the indexes of the documents under which deny has an element, in one comprehension. Kept.
//	0.9   the same as a rule
//	1.0   the same over a rule that is true if deny has an element, which ends early
