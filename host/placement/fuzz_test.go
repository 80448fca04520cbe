package placement

import (
	"os"
	"testing"
)

// FuzzDecodeRequest demands that no text makes the decoder panic, and that what
// it accepts has a canonical form that reads back as itself, passes its own
// schema, and says the same about what is unsupported.
func FuzzDecodeRequest(f *testing.F) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add(spec("components: [{name: a}]\n"))
	f.Add(spec("users: [{population: DE, weight: 0.5}]\ncomponents: [{name: a, copies: {max: 2}, roles: [voter]}]\nobjective: {latency: 1, cost: 2}\n"))
	f.Add(spec("at: 2026-11-01\ncomponents: [{name: a, dependsOn: [{component: a}]}]\ncurrent: {a: []}\ncarbon: {}\ncost: {}\n"))
	schema := compileSchema(f, "request")
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Decode("r.yaml", text)
		if err != nil {
			return
		}
		first, err := r.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode("r.json", first)
		if err != nil {
			t.Fatalf("the canonical form is refused: %v\n%s", err, first)
		}
		if err := validate(t, schema, first); err != nil {
			t.Fatalf("the schema refuses the canonical form: %v\n%s", err, first)
		}
		if again.Digest() != r.Digest() {
			second, _ := again.Canonical()
			t.Fatalf("not stable:\n%s\n%s", first, second)
		}
		if (again.Unsupported() == nil) != (r.Unsupported() == nil) {
			t.Fatalf("unsupported differs: %v and %v", r.Unsupported(), again.Unsupported())
		}
		if len(r.Spec.Users) > 0 && r.Spec.UserWeights() == nil {
			t.Fatal("accepted weights do not scale")
		}
	})
}
