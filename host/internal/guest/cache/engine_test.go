package cache

import (
	"io"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
)

type (
	strange    struct{ wazero.CompilationCache }
	otherField struct{ strange }
	otherType  struct {
		strange
		fileCache string
	}
	otherMethods struct {
		strange
		fileCache io.Reader
	}
)

// TestAttach checks the one place that depends on how the engine is made: this version takes our files, and another
// gives an error.
func TestAttach(t *testing.T) {
	if err := attach(wazero.NewCompilationCache(), &store{}); err != nil {
		t.Errorf("the engine changed inside: %v", err)
	}
	for _, c := range []struct {
		engine wazero.CompilationCache
		want   string
	}{
		{strange{}, "cache.strange is no pointer to a struct"},
		{&otherField{}, "*cache.otherField has no field fileCache that is an interface to Get, Add and Delete compiled modules"},
		{&otherType{fileCache: "x"}, "*cache.otherType has no field fileCache that is an interface to Get, Add and Delete compiled modules"},
		{&otherMethods{fileCache: strings.NewReader("")}, "*cache.otherMethods has no field fileCache that is an interface to Get, Add and Delete compiled modules"},
	} {
		if err := attach(c.engine, &store{}); err == nil || err.Error() != c.want {
			t.Errorf("got %v", err)
		}
	}
}

func TestEngineVersion(t *testing.T) {
	v, err := engineVersion()
	if err != nil || !strings.HasPrefix(v, enginePath+"@v") && (!strings.HasPrefix(v, "program ") || len(v) != 8+64) {
		t.Errorf("%q, %v", v, err)
	}
}
