// Package policies is the standard Rego library: the policies that apply unless
// the user leaves them out, and the rules they share.
//
// Each policy is one file with its METADATA, in the folder of its class, with its
// tests beside it. Every policy is about one site (hook: site). Those that restate
// a legal rule say where it comes from and when a person last reviewed it; none of
// them is legal advice.
package policies
