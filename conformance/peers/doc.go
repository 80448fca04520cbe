// Package peers measures Bailiwick beside others, in one process and one run. It is a module of its own, so that nobody
// else links them:
//
//	cd conformance/peers && go test -run '^$' -bench . -benchtime 1s
package peers
