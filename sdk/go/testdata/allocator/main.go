// Command allocator is a guest whose hook allocates as many bytes as there are rows, in pieces of each size.
package main

import guest "github.com/bailiwick-dev/bailiwick/sdk/go"

var kept [][]byte

func init() {
	guest.OnSite(func(c *guest.Call) error {
		for left, size := c.Size(), 1; left > 0; size = size%4096 + 61 {
			kept = append(kept, make([]byte, size))
			left -= size
		}
		return nil
	})
}

func main() {}
