package record_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/record"
)

func Example() {
	dir, err := os.MkdirTemp("", "decisions")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	h, err := host.Open(ctx, host.WithoutCatalogue(), host.WithoutStandardPolicies(),
		host.WithTopology("world", fstest.MapFS{"world.yaml": {Data: []byte(world)}}))
	if err != nil {
		panic(err)
	}
	defer h.Close()
	req, err := placement.Decode("shop.yaml", []byte(requestText("shop")))
	if err != nil {
		panic(err)
	}

	// Decide, and keep what it takes to decide again.
	store, err := record.Create(dir)
	if err != nil {
		panic(err)
	}
	defer store.Close()
	d, err := store.Decide(ctx, h, req)
	if err != nil {
		panic(err)
	}

	// Years later: the same bytes, from what was kept alone.
	again, err := store.Replay(ctx, d)
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Verdict, again.Same())

	// A decision that was changed shows where.
	d.Placements[0].Copies[0].Site = "south"
	again, err = store.Replay(ctx, d)
	if err != nil {
		panic(err)
	}
	for _, x := range again.Differences {
		fmt.Println(x.Path, x.Given, x.Again)
	}
	// Output:
	// permit true
	// /placements/0/copies/0/site "south" "north"
}
