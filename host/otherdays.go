package host

import (
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// otherDays says on which days a name is in the topology that it does not have on the decision day, or ""
// if it never is: from its next day on if there is one, else until its last.
func (q *question) otherDays(what, name string) string {
	since := append([]string{""}, q.whole.Changes()...)
	until := append(since[1:len(since):len(since)], "")
	days := ""
	for i, e := range q.editions {
		switch {
		case !has(e.snap, what, name):
		case since[i] > q.day:
			last := i
			for last+1 < len(since) && has(q.editions[last+1].snap, what, name) {
				last++
			}
			if until[last] != "" {
				return "from " + since[i] + " until " + until[last]
			}
			return "from " + since[i]
		default:
			days = "until " + until[i]
		}
	}
	return days
}

// has reports whether a snapshot has a name of the sort that a request calls what.
func has(s *topology.Snapshot, what, name string) (ok bool) {
	switch what {
	case "site", "availability zone":
		_, ok = s.Site(name)
	case "population":
		if _, ok = s.Population(name); !ok {
			_, ok = s.Site(name)
		}
	case "partition":
		for id := range s.Partitions() {
			ok = ok || id == name
		}
	case "country or bloc":
		_, ok = s.Jurisdiction(name)
	case "service":
		_, ok = s.Service(name)
	}
	return ok
}
