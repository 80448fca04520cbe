package rego
import ("testing";"context")
func BenchmarkZZ5(b *testing.B) {
	in, sites := catalogueInput(), catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP")
	e := engine(b, standard(b), catalogueDocs())
	for _, p := range e.program.policies {
		b.Run(p.policy.ID, func(b *testing.B) {
			e, _ := e.Only(p.policy.ID)
			v, _ := e.Case(context.Background(), in).Verdicts(sites)
			b.ReportAllocs()
			for b.Loop() { v.Judge(context.Background()) }
		})
	}
}
