// Package plugintest decides with shipped plugins, for their tests.
package plugintest

import (
	"context"
	"encoding/binary"
	"os"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Packed is a committed module with the manifest beside it inside.
func Packed(tb testing.TB, module string) []byte {
	tb.Helper()
	binaryText, err := os.ReadFile(module)
	if err != nil {
		tb.Fatal(err)
	}
	text, err := os.ReadFile("plugin.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	manifest, err := policy.DecodeManifest("plugin.yaml", text)
	if err != nil {
		tb.Fatal(err)
	}
	canonical, err := manifest.Canonical()
	if err != nil {
		tb.Fatal(err)
	}
	section := append(binary.AppendUvarint(nil, uint64(len(policy.ManifestSection))), policy.ManifestSection...)
	section = append(section, canonical...)
	return append(binary.AppendUvarint(append(binaryText, 0), uint64(len(section))), section...)
}

// Decide decides a request by one plugin alone, of that id, against one topology.
func Decide(tb testing.TB, plugin []byte, id, topology, request string, settings map[string]any) (*placement.Decision, error) {
	tb.Helper()
	ctx := context.Background()
	h, err := host.Open(ctx, host.WithoutCatalogue(), host.WithoutStandardPolicies(),
		host.WithTopology("test", fstest.MapFS{"t.yaml": {Data: []byte(topology)}}),
		host.WithPlugin("plugin.wasm", plugin), host.WithSettings(map[string]map[string]any{id: settings}))
	if err != nil {
		return nil, err
	}
	tb.Cleanup(func() { _ = h.Close() })
	req, err := placement.Decode("r.yaml", []byte(request))
	if err != nil {
		tb.Fatal(err)
	}
	return h.Decide(ctx, req)
}
