// Package kit runs the ABI kit's probe in this host, and holds the probe's own rules, from which the golden answers are
// made: see package abikit.
package kit
