package main

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// Exit statuses, which scripts rely on.
const (
	statusPermit        = 0
	statusFailed        = 1
	statusDeny          = 2
	statusInfeasible    = 3
	statusIndeterminate = 4
)

// statusDiffers is replay's where something else comes out.
const statusDiffers = 2

// statusError ends the command with an exit status and no message: the output has said it already.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// statusOf returns the exit status of a verdict.
func statusOf(v placement.Verdict) int {
	switch v {
	case placement.Permit:
		return statusPermit
	case placement.Deny:
		return statusDeny
	case placement.Infeasible:
		return statusInfeasible
	case placement.Indeterminate:
		return statusIndeterminate
	}
	return statusFailed
}

// worse orders statuses from permit to error, so that of several requests the worst one counts.
func worse(a, b int) int {
	rank := map[int]int{statusPermit: 0, statusIndeterminate: 1, statusDeny: 2, statusInfeasible: 3, statusFailed: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
