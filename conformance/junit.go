package conformance

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The elements of JUnit's XML, as far as CI systems read it. There are no times: the report of the same
// answers is the same.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    string        `xml:"line,attr,omitempty"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as JUnit XML: a suite for each engine.
func (r *Report) WriteJUnit(w io.Writer) error {
	out := junitSuites{Name: "bailiwick conformance"}
	for i := range r.Engines {
		e := &r.Engines[i]
		suite := junitSuite{Name: e.Engine, Tests: len(e.Results), Failures: e.Failed, Skipped: e.Skipped}
		for k := range e.Results {
			suite.Cases = append(suite.Cases, e.Results[k].junit(e.Engine))
		}
		out.Suites = append(out.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Result) junit(engine string) junitCase {
	c := junitCase{Class: "conformance." + engine, Name: r.Case + ": " + r.Title, File: r.Place}
	if i := strings.LastIndexByte(r.Place, ':'); i >= 0 {
		c.File, c.Line = r.Place[:i], r.Place[i+1:]
	}
	switch r.Outcome {
	case Failed:
		c.Failure = &junitMessage{Message: strings.Join(strings.Fields(r.Differences[0].String()), " "), Text: r.why()}
	case Skipped:
		c.Skipped = &junitMessage{Message: r.Reason}
	}
	return c
}

// why lists the differences, each on its lines.
func (r *Result) why() string {
	var b strings.Builder
	for _, d := range r.Differences {
		b.WriteString(d.String() + "\n")
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "and %d more differences\n", r.More)
	}
	return b.String()
}
