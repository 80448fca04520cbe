package abikit

import (
	"embed"
	"encoding/json"
)

//go:embed testdata
var files embed.FS

// Calls are the golden calls.
func Calls() ([]Call, error) {
	text, err := files.ReadFile("testdata/calls.json")
	if err != nil {
		return nil, err
	}
	var calls []Call
	return calls, json.Unmarshal(text, &calls)
}

// Image is one of the golden images.
func Image(name string) ([]byte, error) { return files.ReadFile("testdata/" + name + ".image") }
