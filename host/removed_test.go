package host_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// without returns a topology without a site, the sites in it, and all that is said of them.
func without(t *rapid.T, text, site string) string {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	// Zones are named after their region in this world.
	is := func(id string) bool { return id == site || strings.HasPrefix(id, site+"-") }
	about := func(entry *yaml.Node) bool {
		for i := 0; i+1 < len(entry.Content); i += 2 {
			if key, value := entry.Content[i].Value, entry.Content[i+1].Value; slices.Contains([]string{"id", "from", "to", "site", "parent"}, key) && is(value) {
				return true
			}
			// An offering, or a group, of the site alone says nothing without it.
			if list := entry.Content[i+1]; entry.Content[i].Value == "sites" && !slices.ContainsFunc(list.Content, func(x *yaml.Node) bool { return !is(x.Value) }) {
				return true
			}
		}
		return false
	}
	var prune func(n *yaml.Node)
	prune = func(n *yaml.Node) {
		if n.Kind == yaml.SequenceNode {
			n.Content = slices.DeleteFunc(n.Content, func(x *yaml.Node) bool {
				switch x.Kind {
				case yaml.MappingNode:
					return about(x)
				case yaml.SequenceNode: // a link
					return slices.ContainsFunc(x.Content, func(end *yaml.Node) bool { return is(end.Value) })
				}
				return is(x.Value)
			})
		}
		for _, x := range n.Content {
			prune(x)
		}
	}
	prune(&doc)
	out, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestWithoutIneligibleSite takes a region out of the topology that no component may be placed in: because a policy denies it, a
// requirement is not met there, or nothing is known of it. What is placed where, what it is worth, how far that is proved,
// and the verdicts on all other sites are the same. (What else the region is to others must stay: it is no parent of another
// site that is left, no control plane, and the times between the others are measured, so that none lead through it.)
func TestWithoutIneligibleSite(t *testing.T) {
	h := openWorld(t, host.WithTopology("more", oneFile(more)))
	reasons, removed := map[string]int{}, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		text := drawnRequest(t, true)
		want := decideDrawn(t, h, text)
		if want.Verdict != placement.Permit {
			return
		}
		why := map[string]string{}
		for _, site := range []string{"east", "fog", "south", "vault", "west"} {
			if !strings.Contains(text, site) {
				why[site] = ineligible(want, site, strings.Contains(text, "unknown: assume"))
			}
		}
		maps.DeleteFunc(why, func(_, reason string) bool { return reason == "" })
		if len(why) == 0 {
			return
		}
		site := rapid.SampledFrom(slices.Sorted(maps.Keys(why))).Draw(t, "site")
		reason := why[site]
		got := decideDrawn(t, openLayers(t, oneFile(without(t, world, site)), oneFile(without(t, more, site))), text)
		if a, b := left(t, want, site), left(t, got, site); !bytes.Equal(a, b) {
			from, at := firstDifference(a, b)
			t.Fatalf("without %s (%s) they differ from byte %d on:\nwith    …%s\nwithout …%s\n%s", site, reason, from, a[at:min(len(a), from+300)], b[at:min(len(b), from+300)], text)
		}
		reasons[reason]++
		removed[site]++
	})
	t.Log(reasons, removed)
	if !t.Failed() && !testing.Short() && (len(reasons) < 3 || len(removed) < 3) {
		t.Errorf("removed %v, not eligible for %v: that shows too little", removed, reasons)
	}
}

// ineligible says why no component may be placed at a site: the policy that denies it to one, or that the request does; "" if
// one may be. Under unknown: assume what is not known denies nothing.
func ineligible(d *placement.Decision, site string, assume bool) (reason string) {
	for _, s := range d.Sites {
		if s.Site != site {
			continue
		}
		if s.Verdict == placement.Permit || s.Verdict == placement.Indeterminate && assume {
			return ""
		}
		if reason = "the request"; s.Reasons[0].Policy != "" {
			reason = s.Reasons[0].Policy
		}
	}
	return reason
}

// left is what a decision says of where components go, and of all sites but one.
func left(t *rapid.T, d *placement.Decision, without string) []byte {
	type placed struct {
		Copies    []placement.Copy
		Objective map[string]float64
		Users     []placement.UserRoute
		Proof     *placement.Proof
	}
	var out struct {
		Placements []placed
		Sites      []placement.SiteResult
	}
	for _, p := range d.Placements {
		out.Placements = append(out.Placements, placed{p.Copies, p.Objective, p.Users, p.Proof})
	}
	for _, s := range d.Sites {
		if s.Site != without {
			out.Sites = append(out.Sites, s)
		}
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
