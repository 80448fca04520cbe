// Package worldmap draws the world as text: land as dots, and marks upon it.
//
// [Draw] returns cells and not text, so that whoever prints them may colour each by what it is. The map
// is equirectangular, degrees of latitude as long as those of longitude are at 53° north: shapes are true
// where Europe, Canada and northern Asia lie. It is cut in the Bering Strait.
package worldmap
