package placement

import "github.com/bailiwick-dev/bailiwick/host/internal/decode"

// requestLimits caps a request. One that a person or a pipeline writes is a few
// kilobytes; these admit a hundred times that, and keep the refusal of a
// hostile one to milliseconds.
var requestLimits = decode.Limits{Bytes: MaxRequestBytes, Depth: 32, Nodes: 50_000, StringBytes: 4 << 10}

// decisionLimits caps a decision. It lists every site for every component with
// reasons, so that a large one has a few megabytes.
var decisionLimits = decode.Limits{Bytes: 64 << 20, Depth: 32, Nodes: 4_000_000, StringBytes: 64 << 10}

const (
	// MaxRequestBytes is the most bytes Decode reads.
	MaxRequestBytes = 1 << 20
	// MaxDecimals is how many decimals a weight may have. Weights are scaled to
	// integers before anything is added up, so that every machine gets the same
	// sum; six decimals leave room for the RTTs they are multiplied with.
	MaxDecimals = 6
	// MaxLatencyDecimals is how many decimals a latency goal in milliseconds may
	// have: times are whole microseconds.
	MaxLatencyDecimals = 3
	// MaxTotalWeight caps the sum of the users' weights once they are scaled to
	// integers: times an RTT in microseconds below 2^22 (four seconds) it stays
	// below 2^62.
	MaxTotalWeight = 1 << 40
	// MaxUnits caps Component.Units, for the same reason.
	MaxUnits = 1_000_000
	// MaxCopies caps Copies.Max.
	MaxCopies = 100
)
