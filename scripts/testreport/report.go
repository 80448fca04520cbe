package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// module is what the names of packages begin with.
const module = "github.com/bailiwick-dev/bailiwick/"

// event is a line of go test -json; go doc test2json tells what the fields mean.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// name is a test, or a package where it has no Test.
type name struct{ Package, Test string }

func (n name) String() string {
	return strings.TrimSpace(strings.TrimPrefix(n.Package, module) + " " + n.Test)
}

// report is what is known of a run.
type report struct {
	out     io.Writer
	allowed []Skip
	said    map[name][]string // by what has not ended yet
	begun   map[string]bool   // packages that have not ended yet
	ran     int               // tests and subtests
	skipped []string          // with their reasons
	wrong   []string          // what makes the run fail
}

// Report reads the events of a run and prints them for people, as the command's documentation says. It is false if something
// failed, was skipped and may not be, or if nothing ran.
func Report(in io.Reader, out io.Writer, allowed []Skip) (bool, error) {
	r := &report{out: out, allowed: allowed, said: map[name][]string{}, begun: map[string]bool{}}
	lines := bufio.NewReader(in) // a Scanner would end at a long line
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.line(line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, fmt.Errorf("standard input: %w", err)
		}
	}
	return r.end(), nil
}

// line takes in a line.
func (r *report) line(line string) {
	var e event
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
		fmt.Fprint(r.out, line)
		return
	}
	n := name{e.Package, e.Test}
	switch e.Action {
	case "start":
		r.begun[e.Package] = true
	case "output":
		r.said[n] = append(r.said[n], e.Output)
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "build-fail":
		r.wrong = append(r.wrong, strings.TrimPrefix(e.ImportPath, module)+" was not built")
	case "pass", "fail", "skip":
		if e.Test != "" {
			r.test(n, e.Action)
		} else {
			r.pkg(n, e.Action)
		}
		delete(r.said, n)
	}
}

// test takes in how a test ended.
func (r *report) test(n name, action string) {
	switch action {
	case "skip":
		reason := why(r.said[n])
		r.skipped = append(r.skipped, n.String()+": "+reason)
		if !slices.ContainsFunc(r.allowed, func(s Skip) bool {
			return module+s.Package == n.Package && s.Test == n.Test && strings.Contains(reason, s.Says)
		}) {
			r.wrong = append(r.wrong, n.String()+" was skipped and may not be: "+reason)
		}
		return
	case "fail":
		r.print(n)
		r.wrong = append(r.wrong, n.String()+" failed")
	}
	r.ran++
}

// pkg takes in how a package ended. One without tests is said to be skipped, which it is not.
func (r *report) pkg(n name, action string) {
	delete(r.begun, n.Package)
	switch action {
	case "pass":
		if s := r.said[n]; len(s) > 0 {
			fmt.Fprint(r.out, s[len(s)-1]) // ok, its name and how long it took
		}
	case "fail":
		for _, cut := range r.of(n.Package) { // whatever a panic or a time-out did not let end
			r.print(cut)
			delete(r.said, cut)
		}
		r.wrong = append(r.wrong, n.String()+" failed")
	}
}

// of are the tests of a package that have said something and not ended, and the package itself first, in order.
func (r *report) of(pkg string) []name {
	var all []name
	for n := range r.said {
		if n.Package == pkg {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b name) int { return strings.Compare(a.Test, b.Test) })
	return all
}

func (r *report) print(n name) {
	fmt.Fprint(r.out, strings.Join(r.said[n], ""))
}

// end says how many tests ran, and what is wrong. It is false if something is.
func (r *report) end() bool {
	for _, p := range slices.Sorted(maps.Keys(r.begun)) {
		r.wrong = append(r.wrong, name{Package: p}.String()+" did not end")
	}
	if r.ran == 0 {
		r.wrong = append(r.wrong, "no test ran")
	}
	fmt.Fprintf(r.out, "\n%d tests and subtests ran, %d were skipped\n", r.ran, len(r.skipped))
	for _, s := range r.skipped {
		fmt.Fprintf(r.out, "  %s\n", s)
	}
	if len(r.wrong) > 0 {
		fmt.Fprintf(r.out, "wrong:\n")
	}
	for _, w := range r.wrong {
		fmt.Fprintf(r.out, "  %s\n", w)
	}
	return len(r.wrong) == 0
}

// framed are lines of go test's own about a test.
var framed = regexp.MustCompile(`^\s*(===|---) `)

// place is where in a file a test says something.
var place = regexp.MustCompile(`^\s*[\w.]+\.go:\d+: `)

// why is the reason that a skipped test gave, in one line: it is what it said last.
func why(said []string) string {
	var text []string
	for _, s := range said {
		if framed.MatchString(s) {
			continue
		}
		if place.MatchString(s) {
			text = nil
		}
		text = append(text, strings.TrimSpace(place.ReplaceAllString(s, "")))
	}
	if reason := strings.Join(text, " "); reason != "" {
		return reason
	}
	return "it gives no reason"
}
