package main

// A Skip is a test that may be skipped, for one reason.
type Skip struct {
	Package string // below the module
	Test    string // with the names of the tests that it is a subtest of
	Says    string // part of what it says when it is skipped
}

// allowed are the tests that continuous integration may skip. Where it runs as root it runs these too, and elsewhere .ci/run runs them once more, as root. A tool that is not
// installed is no reason: .ci/run installs all of them.
var allowed = []Skip{
	{"host/config", "TestTrust", "only root can give a file away"},
	{"host/config", "TestTrustLink", "only root can give a file away"},
	{"host/internal/guest/cache", "TestOthersDirectory", "only root can give a directory away"},
}
