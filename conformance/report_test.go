package conformance_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
)

// report has a result of each kind.
var report = &conformance.Report{Cases: 3, Engines: []conformance.EngineReport{{
	Engine: "mine", Passed: 1, Failed: 1, Skipped: 1, Results: []conformance.Result{
		{Case: "a", Title: "passes & passes", Place: "dir/c.yaml:5", Outcome: conformance.Passed},
		{Case: "b", Title: "fails", Outcome: conformance.Failed, More: 3, Differences: []conformance.Difference{
			{Path: "verdict", Want: "permit", Got: "deny"},
			{Path: "/sites/0", Want: `{"a":"<b>"}`, As: "rego"},
		}},
		{Case: "c", Title: "is left out", Outcome: conformance.Skipped, Reason: "no \x01 Rego"},
	},
}}}

// TestJUnit wants XML that says what the report does.
func TestJUnit(t *testing.T) {
	var b bytes.Buffer
	if err := report.WriteJUnit(&b); err != nil {
		t.Fatal(err)
	}
	const want = xml.Header + `<testsuites name="bailiwick conformance">
  <testsuite name="mine" tests="3" failures="1" errors="0" skipped="1">
    <testcase classname="conformance.mine" name="a: passes &amp; passes" file="dir/c.yaml" line="5"></testcase>
    <testcase classname="conformance.mine" name="b: fails">
      <failure message="verdict want permit got deny">verdict&#xA;    want permit&#xA;    got deny&#xA;/sites/0&#xA;    want (rego) {&#34;a&#34;:&#34;&lt;b&gt;&#34;}&#xA;    got nothing&#xA;and 3 more differences&#xA;</failure>
    </testcase>
    <testcase classname="conformance.mine" name="c: is left out">
      <skipped message="no � Rego"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	for d := xml.NewDecoder(&b); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// full refuses to be written to after so many bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no room")
	}
	return len(p), nil
}

// TestJUnitUnwritten wants the writer's error, wherever it comes.
func TestJUnitUnwritten(t *testing.T) {
	var b bytes.Buffer
	if err := report.WriteJUnit(&b); err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, len(xml.Header), b.Len() - 1} {
		if err := report.WriteJUnit(&full{room}); err == nil || err.Error() != "no room" {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}
