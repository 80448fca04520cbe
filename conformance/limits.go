package conformance

const (
	// maxFileBytes bounds one file of a directory of cases: a hundred times what the largest here has.
	maxFileBytes = 4 << 20
	// maxFiles bounds the files of a directory of cases, so that one given by mistake ends in an error and not
	// in a long silence.
	maxFiles = 2000
	// maxDifferences is how many differences of one result are kept: two decisions that have nothing in common
	// differ in thousands of places.
	maxDifferences = 20
)
