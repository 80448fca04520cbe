package decode

// Defaults of [Limits]. They leave an order of magnitude of room above the
// largest catalogue we ship, and keep what hostile input can cost to a few
// hundred megabytes at the very worst.
const (
	// DefaultBytes caps a whole text. The embedded catalogue's largest file is
	// under 1 MiB; 16 MiB is a hundred thousand CSV rows with room to spare.
	DefaultBytes = 16 << 20
	// DefaultDepth caps nesting. The deepest format here nests eight deep.
	DefaultDepth = 64
	// DefaultNodes caps how many values (scalars, lists and mappings, aliases
	// counted each time they are used) a text may hold.
	DefaultNodes = 1_000_000
	// DefaultStringBytes caps one scalar: long enough for any note or URL.
	DefaultStringBytes = 64 << 10
)

const (
	// shownErrors is how many errors [Errors.Error] prints: a screenful.
	shownErrors = 20
	// maxErrors is how many faults are collected before decoding stops, so that
	// a text of a million faults does not cost a million error values.
	maxErrors = 1000
	// yamlDepthSlack is how far beyond Limits.Depth the pre-scan of YAML lets
	// brackets nest before it refuses the text. It is generous because brackets
	// may also stand in quoted text, which the pre-scan does not tell apart; the
	// exact check follows once the text is parsed.
	yamlDepthSlack = 512
	// yamlNodeSlack is how many separators per allowed value the pre-scan of
	// YAML admits: a mapping entry has two, the comma or line break before it
	// and the colon inside it. Commas and colons in prose count too, so that the
	// limit may be felt a little early; the library's tree, at some 230 bytes a
	// separator, is never larger than it says.
	yamlNodeSlack = 2
	// maxGiven is how many fields a struct that records which were written may
	// have: the bits of a word.
	maxGiven = 64
	// maxExponent caps the decimal exponent of an integer spelt with one
	// (1e3): far above any int64, far below what would cost time to expand.
	maxExponent = 400
)

// Limits caps what a text may cost. In every field zero means the default.
type Limits struct {
	Bytes       int // size of the whole text; DefaultBytes
	Depth       int // nesting of lists and mappings; DefaultDepth
	Nodes       int // number of values, aliases expanded; DefaultNodes
	StringBytes int // size of one scalar or key; DefaultStringBytes
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = DefaultBytes
	}
	if l.Depth == 0 {
		l.Depth = DefaultDepth
	}
	if l.Nodes == 0 {
		l.Nodes = DefaultNodes
	}
	if l.StringBytes == 0 {
		l.StringBytes = DefaultStringBytes
	}
	return l
}
