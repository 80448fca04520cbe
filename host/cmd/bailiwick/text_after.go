package main

import (
	"fmt"
	"strings"
)

// said is what a policy says of a placement: of what is there, or of what one failure or another leaves.
type said struct {
	policy   string
	possible bool
	message  string   // without the failure
	after    []string // ids of the failures; none: it is about the placement as it stands
}

// gather puts together what is said in the same words after several failures, in the order in which it is said first.
type gather []said

func (g *gather) add(policy, message string, possible bool) {
	failure := ""
	if rest, ok := strings.CutPrefix(message, "after lose:"); ok {
		if id, text, ok := strings.Cut(rest, ": "); ok {
			failure, message = "lose:"+id, text
		}
	}
	for i := range *g {
		s := &(*g)[i]
		if failure != "" && len(s.after) > 0 && s.policy == policy && s.message == message && s.possible == possible {
			s.after = append(s.after, failure)
			return
		}
	}
	s := said{policy: policy, possible: possible, message: message}
	if failure != "" {
		s.after = []string{failure}
	}
	*g = append(*g, s)
}

// text is the message with the failures it is about: the first one, and how many others.
func (s *said) text() string {
	switch n := len(s.after); n {
	case 0:
		return oneLine(s.message)
	case 1:
		return fmt.Sprintf("after %s: %s", oneLine(s.after[0]), oneLine(s.message))
	case 2:
		return fmt.Sprintf("after %s or %s: %s", oneLine(s.after[0]), oneLine(s.after[1]), oneLine(s.message))
	default:
		return fmt.Sprintf("after %s or any of %d others: %s", oneLine(s.after[0]), n-1, oneLine(s.message))
	}
}
