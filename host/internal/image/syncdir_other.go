//go:build !unix

package image

// syncDir does nothing: such systems do not open directories as files.
func syncDir(string) error { return nil }
