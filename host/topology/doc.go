// Package topology is the catalogue of places where workloads may run: what people write
// ([Topology]), what it compiles to ([Snapshot]) and the questions engines ask of it.
//
// Data flows one way:
//
//	files --Load--> Topology --Compile--> image bytes --Open--> Snapshot
//
// Load decodes YAML, JSON and CSV strictly and lays them over each other, keeping where each entity came
// from and what was corrected. Compile validates the whole (references, geography, light in fibre, dates)
// and lays it out as one columnar image with inverted indexes; where facts hold on some days only, as one
// image for each span of days. A Snapshot answers by row number and allocates nothing.
//
// A fact has one of three states: it has a value, it is unknown (it exists in the world and the
// topology does not have it), or it is known to be absent (a region has no carrier). What an omitted
// field means is part of each field's declaration in model.go, and of the JSON Schema made from it.
//
// The package imports no policy engine. Package aws beneath it embeds the AWS catalogue.
package topology
