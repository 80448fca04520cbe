package decode

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type row struct {
	ID       string            `json:"id" omit:"required" format:"id"`
	Services []string          `json:"services" format:"id"`
	PUE      *float64          `json:"pue" min:"1"`
	OptIn    *bool             `json:"optIn"`
	Sources  map[string]string `json:"sources"`
	Zone     *struct {
		Copies int `json:"copies"`
	} `json:"zone"`
	Pos Pos `json:"-" decode:"pos"`
}

func intoRows(text string) ([]row, error) {
	n, err := CSV("f.csv", []byte(text), Limits{})
	if err != nil {
		return nil, err
	}
	var rows []row
	return rows, n.Into(&rows)
}

func TestCSV(t *testing.T) {
	n, err := CSV("f.csv", []byte("id,services,sources.pue,pue,sources.optIn,optIn\n"+
		"a,ec2  s3 ,x,1.20,y,true\r\n"+
		"NO,,,,,\n"+
		"null,\" \",\"a,\"\"b\"\"\",,,false\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got []row
	if err := n.Into(&got); err != nil {
		t.Fatal(err)
	}
	want := []row{
		{
			ID: "a", Services: []string{"ec2", "s3"}, PUE: ptr(1.2), OptIn: ptr(true),
			Sources: map[string]string{"pue": "x", "optIn": "y"}, Pos: Pos{"f.csv", 2, 1},
		},
		{ID: "NO", Pos: Pos{"f.csv", 3, 1}},
		{ID: "null", Services: []string{}, OptIn: ptr(false), Sources: map[string]string{"pue": `a,"b"`}, Pos: Pos{"f.csv", 4, 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestCSVRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "f.csv:1:1: the text is empty; the first row names the fields"},
		{"byte order mark", "\ufeffid\n", "f.csv:1:1: the text begins with a byte order mark; save it as UTF-8 without one"},
		{"unnamed column", "id,\n", `f.csv:1:4: "" cannot name a field`},
		{"nested twice", "id,a.b.c\n", `f.csv:1:4: "a.b.c" cannot name a field`},
		{"nested without name", "id,a.\n", `f.csv:1:4: "a." cannot name a field`},
		{"duplicate column", "id,id\n", `f.csv:1:4: duplicate field "id"`},
		{"nested and not", "sources,sources.pue\n", `f.csv:1:9: duplicate field "sources.pue"`},
		{"not and nested", "sources.pue,sources\n", `f.csv:1:13: duplicate field "sources"`},
		{"too few cells", "id,services\na\n", "f.csv:2:1: this row has not as many cells as the first row"},
		{"too many cells", "id\na,b\n", "f.csv:2:1: this row has not as many cells as the first row"},
		{"open quote", "id\n\"a\n", `f.csv:2:4: not CSV: extraneous or missing " in quoted-field`},
		{"bare quote", "id\na\"b\n", `f.csv:2:2: not CSV: bare " in non-quoted-field`},
		{"unknown column", "id,servces\na,b\n", `f.csv:1:4: unknown field "servces"; did you mean "services"?`},
		{"unknown column, once", "id,servces\na,b\nb,b\n", `f.csv:1:4: unknown field "servces"; did you mean "services"?`},
		{"unknown column of empty cells", "id,optin,servces,pue\na,,,0\nb,,,\n", "f.csv:1:4: unknown field \"optin\"; did you mean \"optIn\"?\nf.csv:1:10: unknown field \"servces\"; did you mean \"services\"?"},
		{"unknown column of no rows", "ID\n", `f.csv:1:1: unknown field "ID"; did you mean "id"?`},
		{"unknown group of empty cells", "id,sorces.pue\na,\n", `f.csv:1:4: unknown field "sorces.pue"; did you mean "sources"?`},
		{"unknown field of a group", "id,zone.copes\na,\n", `f.csv:1:4: unknown field "zone.copes"; did you mean "copies"?`},
		{"field of a number", "id,pue.low\na,\n", `f.csv:1:4: unknown field "pue.low"; did you mean "pue"?`},
		{"missing id", "id,pue\n,1\n", `f.csv:2:1: /0: field "id" is missing; it is required`},
		{"list element", "id,services\na,ok -no\n", `f.csv:2:6: /0/services/1: "-no" is not an identifier (1 to 128 of letters, digits and . _ : / -, beginning with a letter or digit)`},
		{"number", "id,pue\na,0.5\nb,x\n", "f.csv:2:3: /0/pue: 0.5 is less than 1, the least allowed\nf.csv:3:3: /1/pue: expected a decimal number, found the text \"x\""},
		{"truth", "id,optIn\na,yes\n", `f.csv:2:3: /0/optIn: expected true or false, found the text "yes"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := intoRows(tt.text)
			wantError(t, err, tt.want)
		})
	}
}

func TestCSVLimits(t *testing.T) {
	_, err := CSV("f.csv", []byte("a\n12345\n"), Limits{StringBytes: 4})
	wantError(t, err, "f.csv:2:1: a cell of 5 bytes; the limit is 4")
	_, err = CSV("f.csv", []byte("a\n1\n2\n3\n"), Limits{Nodes: 4})
	wantError(t, err, "f.csv:4:1: more than 4 values; that is the limit")
}
