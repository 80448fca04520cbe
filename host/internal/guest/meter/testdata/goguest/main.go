// Command goguest is a guest with ordinary work to do, for measuring what metering costs.
package main

import (
	"crypto/sha256"
	"math"
	"slices"
	"strings"
)

func main() {}

//go:wasmexport countwords
func countwords(n uint32) uint32 {
	counts := map[uint32]uint32{}
	for i := range n {
		counts[i*7919%97]++
	}
	most := uint32(0)
	for _, c := range counts {
		most = max(most, c)
	}
	return most
}

//go:wasmexport sorted
func sorted(n uint32) uint32 {
	list := make([]uint32, n)
	x := uint32(1)
	for i := range list {
		x = x*1664525 + 1013904223
		list[i] = x
	}
	slices.Sort(list)
	return list[n/2]
}

//go:wasmexport hash
func hash(n uint32) uint32 {
	var block [64]byte
	for range n {
		sum := sha256.Sum256(block[:])
		copy(block[:], sum[:])
	}
	return uint32(block[0])
}

//go:wasmexport haversine
func haversine(n uint32) float64 {
	total := 0.0
	for i := range n {
		lat, lon := float64(i%180)-90, float64(i%360)-180
		a := math.Pow(math.Sin(lat*math.Pi/360), 2) + math.Cos(lat*math.Pi/180)*math.Pow(math.Sin(lon*math.Pi/360), 2)
		total += 2 * 6371 * math.Asin(math.Sqrt(a))
	}
	return total
}

//go:wasmexport joined
func joined(n uint32) uint32 {
	var b strings.Builder
	for i := range n {
		b.WriteString("part")
		b.WriteByte(byte('a' + i%26))
		b.WriteByte(' ')
	}
	return uint32(len(strings.Fields(strings.ToUpper(b.String()))))
}
