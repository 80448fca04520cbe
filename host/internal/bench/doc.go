// Package bench measures what rules cost: every policy by itself and all
// together, at every site of a topology, by each engine side by side in one
// process.
//
//	inputs.Inputs ──Run(Options)──▶ Report
//
// Absolute times are those of one machine and one hour. Rounds of the engines
// take turns, so that what slows the machine slows them all, and the ratios last.
package bench
