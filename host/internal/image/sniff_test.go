package image

import "testing"

func TestIs(t *testing.T) {
	b, err := NewBuilder("topology").Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		head []byte
		want bool
	}{
		{"an image", b, true},
		{"its first bytes", b[:16], true},
		{"fewer than that", b[:4], false},
		{"nothing", nil, false},
		{"YAML", []byte("apiVersion: bailiwick/v1\n"), false},
	} {
		if got := Is(c.head); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
