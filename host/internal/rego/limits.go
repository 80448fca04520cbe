package rego

const (
	// maxCompileErrors is how many lines a CompileError has: the errors after
	// the first few mostly follow from them.
	maxCompileErrors = 20
	// maxShape bounds the parts of a value's type. More than a module can spell
	// out in an ordinary table, and checked within a second.
	maxShape = 16_000
	// maxPatternBytes bounds a regular expression. Matching is linear in text
	// times pattern, and compiling one grows with its repetitions.
	maxPatternBytes = 1000
	// maxDigits bounds numbers, written out or by their exponent: 1e1000000000
	// is short until something computes with it, and each product doubles the
	// digits, so thirty of them would otherwise fill the memory.
	maxDigits = 1000
	// transientFactor is how many times ValueBytes a replacement may need while
	// it is being made, by a bound that cannot know the matches.
	transientFactor = 16
	// bytesPerStep is how many bytes of text a built-in function handles for one
	// step of the budget.
	bytesPerStep = 64
	// elemsPerStep is how many elements of a collection a built-in function
	// handles for one step of the budget.
	elemsPerStep = 8
)
