package policy

// Limits on what Load reads. Rego's compiler takes time that grows with the
// square of a rule's length and of the nesting of an expression (50 000 nested
// operators: 68 s), so size is bounded before anything is compiled.
const (
	// MaxFileBytes bounds one module. The longest standard policy has 5 KiB; the
	// costliest 64 KiB module we found compiles in about 2 s.
	MaxFileBytes = 64 << 10
	// MaxTotalBytes bounds all modules of a set together.
	MaxTotalBytes = 4 << 20
	// MaxFiles bounds the modules of a set, so that a directory given by mistake
	// ends in an error and not in a long silence.
	MaxFiles = 2000
	// MaxNesting bounds how deep one expression nests.
	MaxNesting = 64
	// MaxPathDepth bounds how deep directories nest.
	MaxPathDepth = 32
)

// Default evaluation limits; see [Limits].
const (
	// DefaultSteps is over a hundred times what the costliest standard policy takes
	// at a site, and ends a rule that loops within a fraction of a second.
	DefaultSteps = 500_000
	// DefaultValueBytes is far above any message or list a rule builds on
	// purpose, and keeps what a rule builds by accident out of memory.
	DefaultValueBytes = 1 << 20
	// DefaultFindings is more than a person reads about one site.
	DefaultFindings = 100
	// DefaultMessageBytes is some thirty lines of text.
	DefaultMessageBytes = 4 << 10
)

// Limits bound the evaluation of one policy at one site. They are counted, not
// timed, so the same inputs reach them on every machine; they are therefore part
// of [Set.Digest]. A zero field means its default.
type Limits struct {
	// Steps bounds the expressions evaluated, plus what built-in functions
	// charge for the values they read and write. Default [DefaultSteps].
	Steps int64 `json:"steps"`
	// ValueBytes bounds the value any one built-in function or expression may
	// produce, as the bytes of its text. Default [DefaultValueBytes].
	ValueBytes int `json:"valueBytes"`
	// Findings bounds the elements of each of deny, warn and obligation.
	// Default [DefaultFindings].
	Findings int `json:"findings"`
	// MessageBytes bounds one message, with the other keys of an element
	// counted as their JSON. Default [DefaultMessageBytes].
	MessageBytes int `json:"messageBytes"`
}

// withDefaults fills the fields that are zero.
func (l Limits) withDefaults() Limits {
	if l.Steps == 0 {
		l.Steps = DefaultSteps
	}
	if l.ValueBytes == 0 {
		l.ValueBytes = DefaultValueBytes
	}
	if l.Findings == 0 {
		l.Findings = DefaultFindings
	}
	if l.MessageBytes == 0 {
		l.MessageBytes = DefaultMessageBytes
	}
	return l
}

// negative reports a field that bounds nothing, and its name.
func (l Limits) negative() (string, bool) {
	switch {
	case l.Steps < 0:
		return "Steps", true
	case l.ValueBytes < 0:
		return "ValueBytes", true
	case l.Findings < 0:
		return "Findings", true
	case l.MessageBytes < 0:
		return "MessageBytes", true
	}
	return "", false
}
