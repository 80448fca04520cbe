// Package regotests runs the tests that stand beside Rego policies: OPA's own, rules called test_… in files called
// *_test.rego. [Load] reads modules and tests, [Suite.Run] runs the tests and measures which lines of the policies they
// come to.
package regotests
