//go:build tools

// Package tools pins the versions of the linters that make lint runs.
package tools

import (
	_ "honnef.co/go/tools/cmd/staticcheck"
	_ "mvdan.cc/gofumpt"
)
