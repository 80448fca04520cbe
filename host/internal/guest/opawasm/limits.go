package opawasm

const (
	// maxDepth bounds how deep a value of a policy's nests. Values that rules build nest as deep as their text, which is
	// bounded too, by less.
	maxDepth = 128
	// maxValues bounds the parts of a value: as many as the text of a value may have bytes, at two a part, would take 100 MiB.
	maxValues = 200_000
	// maxNumber bounds the text of a number, as rules' are, and maxExponentDigits that of its exponent: 1e1000000 takes long
	// to compare.
	maxNumber         = 1000
	maxExponentDigits = 4
	// maxNamed is how many facts an error names.
	maxNamed = 5
)
