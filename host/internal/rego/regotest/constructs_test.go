package regotest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/ir"
	"github.com/open-policy-agent/opa/v1/rego"
)

// TestConstructs checks that all of the language that is meant to be written is.
func TestConstructs(t *testing.T) {
	var all strings.Builder
	for seed := range 400 {
		for _, text := range files(seed) {
			all.WriteString(text)
		}
	}
	for name, pattern := range map[string]string{
		"some":                         `\n\tsome v\d+ in `,
		"some with a key":              `\n\tsome v\d+, v\d+ in `,
		"some that takes apart":        `some \[v\d+, (v\d+|_)\] in `,
		"every":                        `\tevery v\d+ in .* \{ `,
		"every with a key":             `\tevery (v\d+|_), (v\d+|_) in `,
		"not":                          `\n\tnot `,
		"with on input":                ` with input\.site\.country as `,
		"with on a whole site":         ` with input\.site as `,
		"with on data":                 ` with data\.topology\.`,
		"with on a rule":               ` with data\.generated\.(lib\.)?h\d+ as `,
		"with on a function":           ` with data\.generated\.(lib\.)?h\d+ as data\.generated\.(lib\.)?h\d+`,
		"with twice":                   ` with input\.\S+ as [^\n]* with input\.`,
		"not and with":                 `\n\tnot [^\n]* with `,
		"else chain":                   `\} else := [^\n]* if \{\n[^}]*\} else := `,
		"else of a function":           `h\d+\(v\d+\) := [^\n]* if \{\n[^}]*\} else := `,
		"default rule":                 `\ndefault h\d+ := `,
		"default function":             `\ndefault h\d+\(_\) := `,
		"constants in heads":           `\nh\d+\("[^"]*"\) := `,
		"arrays in heads":              `\nh\d+\(\[v\d+, v\d+\]\) := `,
		"objects in heads":             `\nh\d+\(\{"a": (v\d+|"[^"]*"), `,
		"constants in patterns":        `\nh\d+\((\[|\{"a": )?"[^"]*", (_|"b": _)`,
		"two parameters":               `\nh\d+\(v\d+, v\d+\) := `,
		"partial set":                  `\nh\d+ contains v\d+ if `,
		"partial object":               `\nh\d+\[v\d+\] := `,
		"several values":               `\nh\d+\[v\d+\] contains `,
		"nested heads":                 `\nh\d+\.by\[v\d+\] := `,
		"array comprehension":          `\[v\d+ \| some v\d+ in `,
		"set comprehension":            `\{v\d+ \| some v\d+ in `,
		"object comprehension":         `\{v\d+: [^|{}]+ \| some `,
		"nested collections":           `\nh\d+ := \{v\d+: [^\n]*\{`,
		"list of pairs":                `\nh\d+ := \[\[v\d+, `,
		"comparison":                   `input\.site\.lat [<>] `,
		"sum":                          `\(input\.\S+ [+-] `,
		"product":                      ` \* 1\.5\)`,
		"quotient":                     ` / 2\)`,
		"remainder":                    ` % [23]\)`,
		"template":                     "\\$`",
		"template in quotes":           `\$"m\d [^"]*\{`,
		"set operators":                ` [|&-] (\{|\()`,
		"computed key":                 `data\.topology\.sites\[input\.site\.(parent|region|id)\]`,
		"round trips":                  `data\.topology\.rttMs\[[^\]]+\]\[`,
		"reference through everything": `data\.topology\.sites\[v\d+\]\.country`,
		"wildcards":                    `input\.component\.data\[_\]`,
		"rule by name":                 `data\.generated\.lib\[input\.settings\.rule\]`,
		"call across packages":         `lib\.h\d+\(`,
		"array pattern":                `\[v\d+(, _)*\] = `,
		"object pattern":               `\{"tool": v\d+, "to": v\d+, "until": _\} = `,
		"unification":                  `\n\tv\d+ = `,
		"membership by key":            `\n\t(not )?[^\n(\[{]*, [^\n]* in `,
		"empty object":                 `input\.site\.carbon as \{\}`,
		"unknown facts":                `input\.site\.(personnel|control|programmes|carbon\.marketGramsPerKWh)`,
		"settings":                     `input\.settings\.`,
		"message in an object":         `deny contains \{"message": "m0", "level": `,
		"message of its own":           `deny contains message if `,
		"warning":                      `\nwarn contains `,
		"obligation":                   `\nobligation contains `,
		"score":                        `\nscore := `,
		"default score":                `\ndefault score := `,
	} {
		if !regexp.MustCompile(pattern).MatchString(all.String()) {
			t.Errorf("%s is never written (%s)", name, pattern)
		}
	}
	for _, f := range []string{
		"abs", "array.concat", "array.reverse", "array.slice", "ceil", "concat", "contains", "count", "endswith",
		"floor", "format_int", "indexof", "intersection", "is_number", "json.marshal", "lower", "max", "min",
		"object.filter", "object.get", "object.keys", "object.remove", "object.subset", "object.union", "regex.match",
		"regex.replace", "replace", "round", "sort", "split", "sprintf", "startswith", "strings.any_prefix_match",
		"strings.reverse", "substring", "sum", "to_number", "trim_space", "type_name", "union", "upper", "walk",
	} {
		if !strings.Contains(all.String(), f+"(") {
			t.Errorf("%s is never called", f)
		}
	}
}

// TestStatements checks that all statements of OPA's plans come up, but for those that only queries have.
func TestStatements(t *testing.T) {
	seen := map[string]bool{}
	for seed := range 250 {
		options := []func(*rego.Rego){rego.Query("data.generated"), rego.Target(planned)}
		for name, text := range files(seed) {
			options = append(options, rego.Module(name, text))
		}
		to := new(ir.Policy)
		ctx := contextFor(t, &to)
		if _, err := rego.New(options...).PrepareForEval(ctx); err != nil {
			continue
		}
		for _, f := range to.Funcs.Funcs {
			if err := ir.Walk(visitor(seen), f); err != nil {
				t.Fatal(err)
			}
		}
	}
	var missing []string
	for _, s := range []string{
		"ArrayAppendStmt", "AssignIntStmt", "AssignVarOnceStmt", "AssignVarStmt", "BlockStmt", "BreakStmt", "CallDynamicStmt",
		"CallStmt", "DotStmt", "EqualStmt", "IsArrayStmt", "IsDefinedStmt", "IsObjectStmt", "IsSetStmt", "IsUndefinedStmt",
		"LenStmt", "MakeArrayStmt", "MakeNumberIntStmt", "MakeNumberRefStmt", "MakeObjectStmt", "MakeSetStmt", "NotEqualStmt",
		"NotStmt", "ObjectInsertOnceStmt", "ObjectInsertStmt", "ObjectMergeStmt", "ResetLocalStmt", "ReturnLocalStmt",
		"ScanStmt", "SetAddStmt", "WithStmt",
	} {
		if !seen[s] {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		t.Errorf("never planned: %v", missing)
	}
}

func term(t *testing.T, text string) *ast.Term {
	t.Helper()
	x, err := ast.ParseTerm(text)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
