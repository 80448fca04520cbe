// Package host decides where a workload may run, where it should, and proves why. It is what other
// services embed.
//
//	h, err := host.Open(ctx)                       // the embedded AWS catalogue, the standard policies
//	req, err := placement.Decode("checkout.yaml", text)
//	d, err := h.Decide(ctx, req)                   // verdict, placements, reasons, scenarios
//
// A [Host] holds one generation at a time: an immutable snapshot of the topology and an immutable set of
// policies compiled against it. [Host.Reload] builds the next one beside it and swaps; calls in flight
// finish on theirs. Every method is safe for any number of goroutines.
//
// A decision is a pure function of snapshot, policies with their settings, and request: no clock, no
// network, no environment. The same inputs give the same bytes.
package host
