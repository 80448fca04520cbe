package image_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

func Example() {
	known := image.NewBits(2)
	known.Set(0) // nobody knows who runs plant-7's network

	b := image.NewBuilder("topology")
	site := b.Table("site", 2)
	site.Strings("id", []string{"eu-central-1", "plant-7"}, image.States{})
	site.Strings("carrier", []string{"Vodafone", ""}, image.States{Known: known})
	site.Matrix("rttMicros", "site", []int32{300, 25_100, 25_100, 200})
	data, err := b.Bytes()
	if err != nil {
		fmt.Println(err)
		return
	}

	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "snapshot")
	if err := image.WriteFile(path, data); err != nil {
		fmt.Println(err)
		return
	}

	m, err := image.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	sites, err := m.Table("site")
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, err := sites.Strings("id")
	if err != nil {
		fmt.Println(err)
		return
	}
	carriers, err := sites.Strings("carrier")
	if err != nil {
		fmt.Println(err)
		return
	}
	for row := range sites.Rows() {
		fmt.Printf("%s: carrier %s %q\n", ids.At(row), carriers.State(row), carriers.At(row))
	}
	// Output:
	// eu-central-1: carrier value "Vodafone"
	// plant-7: carrier unknown ""
}

func ExampleTable_Columns() {
	b := image.NewBuilder("request")
	b.Table("user", 0).Refs("nearest", "site", nil, image.States{})
	b.Table("site", 0).Float64s("lat", nil, image.States{})
	data, err := b.Bytes()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := image.FromBytes(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	for t := range m.Tables() {
		for c := range t.Columns() {
			fmt.Printf("%s.%s: %s %q\n", t.Name(), c.Name, c.Type, c.Target)
		}
	}
	// Output:
	// site.lat: float64 ""
	// user.nearest: ref "site"
}

func ExampleBits_And() {
	eligible, near := image.NewBits(100), image.NewBits(100)
	for _, row := range []int{3, 64, 99} {
		eligible.Set(row)
	}
	for _, row := range []int{64, 99} {
		near.Set(row)
	}
	both := image.NewBits(100)
	both.And(eligible, near)
	for row := range both.Rows() {
		fmt.Println(row)
	}
	// Output:
	// 64
	// 99
}
