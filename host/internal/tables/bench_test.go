package tables

import "testing"

// BenchmarkImage lays a request of three user groups out over the catalogue.
func BenchmarkImage(b *testing.B) {
	r := request(b)
	rtt := make([]int32, 3*r.Snap.Sites())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Image(rtt); err != nil {
			b.Fatal(err)
		}
	}
}
