// Package policies is the standard Rego library: the policies that apply unless the user leaves them out or
// switches them off, the rules they share, and profiles.
//
// Each policy is one file with its METADATA, in the folder of its class, with its tests beside it. It judges
// sites, paths or placements (hook), and denies, warns or is off (enforcement) until a setting or a profile says
// otherwise. Those that restate a legal rule say where it comes from and when a person last reviewed it; none of
// them is legal advice: the law itself is data of the topology.
package policies
