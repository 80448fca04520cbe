// Package guesttest is for testing guests: it lays out images, asks as a host asks, and reads the answers.
//
//	request := guesttest.NewImage("request")
//	request.Table("sites", 3)
//	answer, err := guesttest.Ask(guesttest.Native{}, guesttest.Question{Hook: "site", Rows: 3, Snapshot: …, Request: …})
//
// [Native] is the guest that is linked into the test; anything else that can be called and looked into is a [Guest].
// The host checks more than this package does: build the plugin and run it on a host too.
package guesttest
