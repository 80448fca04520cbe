package rego
import ("testing";"os";"fmt";"strings";"github.com/bailiwick-dev/bailiwick/host/internal/plan")
func dumpStmts(bs []*plan.Block, ind string) {
	for _, b := range bs {
		fmt.Println(ind+"{")
		for _, s := range b.Stmts {
			op := func(o plan.Operand) string { if o.Term != nil { return o.Term.String() }; return fmt.Sprintf("%%%d", o.Local) }
			var args []string
			for _, a := range s.Args { args = append(args, op(a)) }
			fmt.Println(ind, s.Op, "t", s.Target, "k", s.Key, "a", op(s.A), "b", op(s.B), args, "i", s.Index)
			dumpStmts(s.Blocks, ind+"  ")
		}
		fmt.Println(ind+"}")
	}
}
func TestZZ(t *testing.T) {
	may := map[string]bool{}
	for _, g := range allowed { for _, n := range g.names { may[n] = true } }
	for _, tc := range opaCases(t) {
		if tc.Note != os.Getenv("CASE") { continue }
		fmt.Println(strings.Join(tc.Modules, "\n"), tc.Query)
		c, _ := loadOPACase(tc, may)
		for i, f := range c.program.Funcs { fmt.Println("func", i, f.Name, f.Params); dumpStmts(f.Blocks, " ") }
		dumpStmts(c.program.Blocks, "Q ")
	}
}
