package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
)

// TestConformanceText shows engines that do not agree, cases that are left out, and what a terminal would obey.
func TestConformanceText(t *testing.T) {
	var b bytes.Buffer
	w := newText(&b)
	w.conformance(&conformance.Report{Cases: 2, Engines: []conformance.EngineReport{
		{Engine: "rego", Passed: 2, Results: []conformance.Result{{Case: "a", Outcome: conformance.Passed}, {Case: "b", Outcome: conformance.Passed}}},
		{Engine: "mine", Failed: 1, Skipped: 1, Results: []conformance.Result{
			{Case: "a", Title: "one", Outcome: conformance.Failed, More: 1, Differences: []conformance.Difference{
				{Path: "/sites/0/reasons/0/message", Want: `"x"`, Got: "\"\x1b[31m\"", As: "rego"},
				{Path: "/sites/1", Got: "{}", As: "rego"},
			}},
			{Case: "b", Title: "two", Outcome: conformance.Skipped, Reason: "there is no Rego in it, and there will be none before somebody asks for it on a rainy Sunday"},
		}},
		{Engine: "idle", Skipped: 1, Results: []conformance.Result{{Case: "a", Outcome: conformance.Skipped, Reason: "no time"}}},
	}})
	const want = `rego  PASSED  2 of 2 cases passed

mine  FAILED  0 of 2 cases passed, 1 failed, 1 skipped

  failed  a  one
    /sites/0/reasons/0/message
      as rego  "x"
      got      "\x1b[31m"
    /sites/1
      as rego  nothing
      got      {}
    … and 1 difference more
  skipped  b  there is no Rego in it, and there will be none before somebody asks for it on a rainy
              Sunday

idle  NOTHING PASSED  0 of 1 case passed, 1 skipped
  skipped  a  no time
`
	if w.err != nil || b.String() != want {
		t.Errorf("%v\ngot\n%s\nwant\n%s", w.err, b.String(), want)
	}
}

// TestConformanceUnwritten wants the error of a writer.
func TestConformanceUnwritten(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		f := conformanceFlags{output: form}
		if err := f.write(refusing{}, &conformance.Report{Engines: []conformance.EngineReport{{Engine: "x"}}}); !errors.Is(err, errRefused) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

var errRefused = errors.New("refused")

// refusing takes nothing.
type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errRefused }
