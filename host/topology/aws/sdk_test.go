package aws_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// sdkFacts is testdata/sdk-partitions.json, which tools/awsfacts writes.
type sdkFacts struct {
	Module, Version string
	Partitions      []struct {
		ID      string
		Regions []struct{ ID, Name string }
	}
}

func loadSDK(t *testing.T) sdkFacts {
	t.Helper()
	text, err := os.ReadFile("testdata/sdk-partitions.json")
	if err != nil {
		t.Fatal(err)
	}
	var f sdkFacts
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// unlisted are the statuses of regions the catalogue may know before the SDK lists them.
var unlisted = []string{"address-space-only", "announced"}

// drift tells where the catalogue and the SDK disagree, a line each.
func drift(c catalogue, sdk sdkFacts) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	partitions, regions := map[string]bool{}, map[string]entry{}
	for _, p := range c.Partitions {
		partitions[p.ID] = true
	}
	for _, r := range where(c.Sites, kind("region")) {
		regions[r.ID] = r
	}
	listed, listedRegion := map[string]bool{}, map[string]bool{}
	for _, p := range sdk.Partitions {
		listed[p.ID] = true
		if !partitions[p.ID] {
			say("partition %s: the SDK lists it, the catalogue does not; add it to providers.yaml", p.ID)
		}
		for _, r := range p.Regions {
			listedRegion[r.ID] = true
			have, ok := regions[r.ID]
			switch {
			case !ok:
				say("region %s (%s, partition %s): the SDK lists it, the catalogue does not; add it to regions.yaml", r.ID, r.Name, p.ID)
				continue
			case slices.Contains(unlisted, have.Status):
				say("region %s: the SDK lists it, and the catalogue says %s; correct its status", r.ID, have.Status)
			case have.Name != r.Name:
				say("region %s: the SDK calls it %q, the catalogue %q", r.ID, r.Name, have.Name)
			}
			if have.Partition != p.ID {
				say("region %s: in partition %s by the SDK, in %s by the catalogue", r.ID, p.ID, have.Partition)
			}
		}
	}
	for _, p := range c.Partitions {
		if !listed[p.ID] {
			say("partition %s: the catalogue lists it, the SDK does not", p.ID)
		}
	}
	for _, r := range where(c.Sites, kind("region")) {
		if !listedRegion[r.ID] && !slices.Contains(unlisted, r.Status) {
			say("region %s: the catalogue lists it as %s, the SDK does not; only %s may be unlisted", r.ID, r.Status, strings.Join(unlisted, " and "))
		}
	}
	return out
}

// TestSDKDrift compares the catalogue's partitions and regions with those of the AWS SDK. When the SDK
// moves on, `make sdk-facts SDK=latest` and this test say what the catalogue lacks.
func TestSDKDrift(t *testing.T) {
	c, sdk := load(t), loadSDK(t)
	for _, d := range drift(c, sdk) {
		t.Error(d)
	}
	if id := "aws-sdk-go-v2-" + strings.TrimPrefix(sdk.Version, "v"); !set(c.Sources)[id] {
		t.Errorf("testdata/sdk-partitions.json is of %s %s, and no source is called %s; take the new version's names and dates over", sdk.Module, sdk.Version, id)
	}
}

// TestSDKDriftTells spoils the SDK's list in each way it can differ.
func TestSDKDriftTells(t *testing.T) {
	c := load(t)
	type partition = struct {
		ID      string
		Regions []struct{ ID, Name string }
	}
	type region = struct{ ID, Name string }
	for _, tc := range []struct {
		name  string
		spoil func(*sdkFacts)
		want  []string
	}{
		{"nothing", func(*sdkFacts) {}, nil},
		{"a new partition with a region", func(f *sdkFacts) {
			f.Partitions = append(f.Partitions, partition{"aws-moon", []region{{"moon-1", "Moon (Tycho)"}}})
		}, []string{
			"partition aws-moon: the SDK lists it, the catalogue does not; add it to providers.yaml",
			"region moon-1 (Moon (Tycho), partition aws-moon): the SDK lists it, the catalogue does not; add it to regions.yaml",
		}},
		{"a region known from address ranges opens", func(f *sdkFacts) {
			f.Partitions[0].Regions = append(f.Partitions[0].Regions, region{"sa-west-1", "South America (Santiago)"})
		}, []string{"region sa-west-1: the SDK lists it, and the catalogue says address-space-only; correct its status"}},
		{"another name and partition", func(f *sdkFacts) {
			r := f.Partitions[1].Regions
			f.Partitions[1].Regions = r[1:]
			f.Partitions[0].Regions = append(f.Partitions[0].Regions, region{r[0].ID, "China (Peking)"})
		}, []string{
			`region cn-north-1: the SDK calls it "China (Peking)", the catalogue "China (Beijing)"`,
			"region cn-north-1: in partition aws by the SDK, in aws-cn by the catalogue",
		}},
		{"a partition less", func(f *sdkFacts) { f.Partitions = f.Partitions[:len(f.Partitions)-1] }, []string{
			"partition aws-us-gov: the catalogue lists it, the SDK does not",
			"region us-gov-east-1: the catalogue lists it as available, the SDK does not; only address-space-only and announced may be unlisted",
			"region us-gov-west-1: the catalogue lists it as available, the SDK does not; only address-space-only and announced may be unlisted",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sdk := loadSDK(t)
			tc.spoil(&sdk)
			if got := drift(c, sdk); !slices.Equal(got, tc.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}
