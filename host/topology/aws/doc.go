// Package aws embeds the AWS catalogue: partitions, regions and availability zones, Local and Wavelength
// Zones, edge locations and caches, Direct Connect locations, the services and where they are offered,
// measured round-trip times between regions, jurisdictions, compliance programmes, the populations of
// countries and metros, carbon and water figures, price levels and the price of traffic.
//
// The facts are files under data/, in the project's own topology schema, written to be read and corrected
// by hand: YAML with one entry a line where facts need words, CSV where they come in bulk, every file
// sorted. Each YAML file opens with what it covers and what it is known to lack. Every fact names a
// source; data/sources.yaml says where that is, of what day, under which licence and with what faults.
//
// Nothing here is invented: a fact that no source states is left out, and stays unknown. The package
// holds no code beyond [FS]; package topology decodes, validates and compiles the files.
package aws
