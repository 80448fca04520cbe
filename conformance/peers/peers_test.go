package peers

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	extism "github.com/extism/go-sdk"
)

type site struct {
	ID    string   `json:"id"`
	Grams *float64 `json:"gridGramsPerKWh,omitempty"`
}

func TestZZ(t *testing.T) {
	out := filepath.Join(t.TempDir(), "g.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-buildmode=c-shared", "-o", out, "./extismguest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v", b, err)
	}
	ctx := context.Background()
	p, err := extism.NewPlugin(ctx, extism.Manifest{Wasm: []extism.Wasm{extism.WasmFile{Path: out}}}, extism.PluginConfig{EnableWasi: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := 300.0
	in, _ := json.Marshal(map[string]any{"maxGramsPerKWh": 200, "sites": []site{{"a", &g}, {"b", nil}}})
	rc, text, err := p.Call("judge", in)
	t.Log(rc, string(text), err)
}
