// Package guest is for writing plugins of Bailiwick in Go: guests of ABI bailiwick/1 (docs/abi.md), built with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags='-s -w' -o plugin.wasm .
//
// A guest judges sites, paths or placements, all candidates of a request in one call. It reads the [Image] of the
// snapshot where the host mapped it:
//
//	func init() {
//		guest.OnConfigure(prepare)
//		guest.OnSite(judge)
//	}
//
//	func main() {}
//
// In prepare it finds the columns of the snapshot that it needs and reads its [Settings]; in judge it goes through
// the rows of the [Call] and says which to deny, which to doubt, and how good they are. A fact that a verdict needs
// and that is not known makes the verdict unsure: [Call.MayDeny]. Saying nothing permits.
//
// The package imports neither fmt nor reflect, and a call that uses no memory of its own makes none here. All of
// it can be tested natively, by go test: see package guesttest.
package guest
