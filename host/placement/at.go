package placement

import "github.com/bailiwick-dev/bailiwick/host/internal/decode"

// Errorf returns an error about one place of the request, given as a JSON pointer such as
// /spec/users/0/population, with file, line and column where the request was read from text. It is for
// faults that only an engine can see, like a name the topology does not have.
func (r *Request) Errorf(pointer, format string, args ...any) *decode.Error {
	c := &checker{node: r.node}
	c.errorf(pointer, format, args...)
	return c.errs[0]
}

// Checked returns the request as Decode and New do: checked, with its defaults filled. A request that
// came from them and was not changed since is returned as it is; one made or changed in Go goes through
// New.
func (r *Request) Checked() (*Request, error) {
	if r.sum != "" && r.sum == r.Digest() {
		return r, nil
	}
	return New(*r)
}
