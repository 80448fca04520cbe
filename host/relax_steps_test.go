package host

import (
	"context"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// TestRelaxationsEnd spends the steps that the search for changes may take, and wants it to end and to say so: eight components
// that call each other took more than a minute.
func TestRelaxationsEnd(t *testing.T) {
	ctx := context.Background()
	h, err := Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	req, err := placement.Decode("r.yaml", []byte("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec: {components: [{name: a, services: [ec2]}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	q, e, err := h.current.Load().ask(req)
	if err != nil {
		t.Fatal(err)
	}
	sites, _, err := q.judge(ctx, e, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := q.relaxer(e, [][]judged{sites}, maxTries)
	before := *r.steps
	if ok, err := r.reach(ctx, nil); !ok || err != nil || r.short || *r.steps >= before {
		t.Errorf("%v, %v, short %v, %d steps of %d left", ok, err, r.short, *r.steps, before)
	}
	clear(r.works)
	*r.steps = 0
	if ok, err := r.reach(ctx, nil); ok || err != nil || !r.short {
		t.Errorf("without steps: %v, %v, short %v", ok, err, r.short)
	}
	trial := &trial{q, r.sites, r.steps}
	if found, _, err := trial.best(ctx); found != nil || err != nil {
		t.Errorf("without steps: best %v, %v", found, err)
	}
}
