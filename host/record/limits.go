package record

import "time"

const (
	// maxObjectBytes bounds what is read as an object: the largest snapshot there can be.
	maxObjectBytes = 1 << 31
	// maxDecisionBytes bounds a decision; see the limit that decoding one has.
	maxDecisionBytes = 64 << 20
	// maxRecordBytes bounds the record of a decision, which has a few hundred bytes.
	maxRecordBytes = 64 << 10
	// comparedBytes is up to which size an object that is there already is read and compared; of a larger
	// one the size is, since reading takes as long as writing. Replay reads everything.
	comparedBytes = 8 << 20
	// minPrefix is the least number of hexadecimal digits that stand for an id.
	minPrefix = 8
	// staleAfter is how old a temporary file must be to count as left behind by a process that was killed:
	// no write takes that long.
	staleAfter = time.Hour
	// attempts is how often a decision is made again because the host was reloaded meanwhile.
	attempts = 5
	// maxDifferences bounds what a replay lists; it counts the others.
	maxDifferences = 1000
)
