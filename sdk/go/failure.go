package guest

// Failure is why a call fails: a number of the guest's own, and what it says. Whoever asked is told both.
type Failure struct {
	Status int32 // not 0
	Text   string
}

// Error is the text.
func (f *Failure) Error() string { return f.Text }

// failed is the status of failures that have no number of their own.
const failed = 1

// Fail is a failure with status 1. Any other error that a function of the guest returns fails with status 1 too.
func Fail(text string) error { return &Failure{failed, text} }

// FailStatus is a failure with a status of the guest's own.
func FailStatus(status int32, text string) error { return &Failure{status, text} }

// stop carries a failure from Must to the call that fails by it.
type stop struct{ err error }

// Must gives back v if err is nil. Else the call it is used in, of a function given to OnConfigure, OnSite, OnPath
// or OnPlacement, fails with err:
//
//	sites := guest.Must(s.Snapshot.Table("sites"))
func Must[T any](v T, err error) T {
	if err != nil {
		panic(stop{err})
	}
	return v
}

// safely calls f and gives back what Must stopped it with. Any other panic is a trap: there is no decision.
func safely(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			err = r.err
		default:
			panic(r)
		}
	}()
	return f()
}

// statusOf is how a call that ended so is answered.
func statusOf(err error) (status int32, text string) {
	if err == nil {
		return 0, ""
	}
	if f, ok := err.(*Failure); ok && f.Status != 0 {
		return f.Status, f.Text
	}
	return failed, err.Error()
}
