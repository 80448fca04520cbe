// Package tables lays a request out as the image that guests read: docs/abi.md has every table and column. It is to
// guests what package document is to Rego.
//
//	*Request ──Image──▶ bytes        once for each component, in the site hook
//	         ──PathImage──▶          with the paths that are asked about
//	         ──PlacementImage──▶     with the placements
//	settings ──Settings──▶ bytes     once for each plugin
//
// What refers to the snapshot does so by row numbers: a table of the image without columns stands for the
// snapshot's of that name.
package tables
