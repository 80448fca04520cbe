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
// came from them is returned as it is; one made in Go by hand goes through New.
func (r *Request) Checked() (*Request, error) {
	if r.node != nil {
		return r, nil
	}
	return New(*r)
}
