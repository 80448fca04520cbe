package abikit

// Call is a golden call: which images, what is asked, and the answer.
type Call struct {
	Name      string         `json:"name"`
	Snapshot  string         `json:"snapshot"` // an image of testdata, without its ending
	Request   string         `json:"request"`  // likewise
	Settings  map[string]any `json:"settings"`
	Hook      string         `json:"hook"`
	Component int64          `json:"component"` // -1: none
	Rows      int            `json:"rows"`
	Select    []int          `json:"select"` // nil: all
	Texts     bool           `json:"texts"`  // whether there is room for reasons
	Answer    Answer         `json:"answer"`
}

// Answer is what a call comes to. Of a failed one only Failed is there.
type Answer struct {
	Failed  *Failure        `json:"failed,omitempty"`
	Deny    []int           `json:"deny"`
	Unknown []int           `json:"unknown"`
	Scores  map[int]float64 `json:"scores"`
	Reasons []Reason        `json:"reasons"`
	Dropped uint32          `json:"dropped"`
}

// Failure is how a call fails.
type Failure struct {
	In     string `json:"in"` // the function
	Status int32  `json:"status"`
	Text   string `json:"text"`
}

// Reason is a reason with its arguments: numbers and texts as they are, all else as {type: value}.
type Reason struct {
	Row    int   `json:"row"`
	Code   int   `json:"code"`
	Kind   int   `json:"kind"`
	Unsure bool  `json:"unsure"`
	Args   []any `json:"args"`
}

// Selected lists the rows that are asked about.
func (c *Call) Selected() []int {
	if c.Select != nil {
		return c.Select
	}
	rows := make([]int, c.Rows)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
