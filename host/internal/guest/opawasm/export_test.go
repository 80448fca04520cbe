package opawasm

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Said reads what a policy answers for a rule, "" for its package.
func Said(rule string, answer []byte, limits policy.Limits) (rego.Result, error) {
	p := &Policy{policy: &policy.Policy{ID: "T-1", File: "t.wasm"}, limits: limits}
	r := rego.Result{Policy: p.policy}
	v, err := result(answer)
	if err == nil {
		err = p.said(&r, rule, v)
	}
	r.Decide()
	return r, err
}

// Places is where in a document a fact is.
var Places = places
