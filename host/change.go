package host

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// changed is a request after a change, checked anew. The request itself stays as it is.
func changed(req *placement.Request, apply func(*placement.Spec)) (*placement.Request, error) {
	r := *req
	r.Spec.Components = slices.Clone(r.Spec.Components)
	apply(&r.Spec)
	return placement.New(r)
}
