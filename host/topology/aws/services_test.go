package aws_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/cataloguetest"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

func facts(t *testing.T, s *topology.Snapshot, name string) (topology.ServiceRow, topology.ServiceFacts) {
	t.Helper()
	k, ok := s.Service(name)
	if !ok {
		t.Fatalf("no service %q", name)
	}
	return k, s.ServiceFacts(k)
}

// unknown stands for a figure that no source gives.
const unknown = -1

func figure[N int32 | float64](f topology.Fact[N]) float64 {
	if f.State != topology.Known {
		return unknown
	}
	return float64(f.Value)
}

// TestServiceFigures states each figure that a rule might rest on.
func TestServiceFigures(t *testing.T) {
	s := cataloguetest.Snapshot()
	for _, tc := range []struct {
		service, scope, plane  string
		copies                 float64
		synchronous            bool
		readable               float64
		cross                  string
		rpo, atLeast, failover float64
	}{
		{"ec2", "zonal", "local", unknown, false, unknown, "none", unknown, unknown, unknown},
		{"ebs", "zonal", "local", unknown, false, unknown, "none", unknown, unknown, unknown},
		{"s3", "regional", "", 3, true, unknown, "none", unknown, unknown, unknown},
		{"s3-one-zone", "regional", "", 1, false, unknown, "none", unknown, unknown, unknown},
		{"s3-replication", "regional", "", 3, true, unknown, "asynchronous", unknown, unknown, unknown},
		{"s3-replication-time-control", "regional", "", 3, true, unknown, "asynchronous", 900, unknown, unknown},
		{"dynamodb", "regional", "local", 3, true, unknown, "none", unknown, unknown, unknown},
		{"dynamodb-global-tables", "regional", "local", 3, true, unknown, "asynchronous", unknown, unknown, unknown},
		{"dynamodb-global-tables-strong", "regional", "local", 3, true, unknown, "synchronous", 0, unknown, unknown},
		{"rds", "zonal", "", 1, false, unknown, "none", unknown, unknown, unknown},
		{"rds-multi-az-instance", "regional", "", 2, true, 0, "none", unknown, 60, 120},
		{"rds-multi-az-cluster", "regional", "", 3, true, 2, "none", unknown, unknown, 35},
		{"aurora", "regional", "", 3, true, unknown, "none", unknown, unknown, 60},
		{"aurora-global-database", "regional", "", 3, true, unknown, "asynchronous", unknown, unknown, 60},
		{"autoscaling", "regional", "", unknown, false, unknown, "", unknown, unknown, unknown},
		{"alb", "regional", "", 2, true, unknown, "", unknown, unknown, unknown},
		{"nlb", "regional", "", unknown, false, unknown, "", unknown, unknown, unknown}, // it may be given one zone
		{"stepfunctions", "regional", "", unknown, false, unknown, "", unknown, unknown, unknown},
		{"elasticache", "zonal", "", unknown, false, unknown, "none", unknown, unknown, unknown},
		{"redshift", "zonal", "", unknown, false, unknown, "none", unknown, unknown, unknown},
		{"memorydb", "regional", "", 2, true, unknown, "none", unknown, unknown, unknown},
		{"keyspaces", "regional", "", 3, true, unknown, "none", unknown, unknown, unknown},
		{"docdb", "regional", "", unknown, false, unknown, "none", unknown, unknown, unknown},
		{"neptune", "regional", "", unknown, false, unknown, "none", unknown, unknown, unknown},
		{"sqs", "regional", "local", 2, true, unknown, "none", unknown, unknown, unknown},
		{"sns", "regional", "", unknown, false, unknown, "", unknown, unknown, unknown},
		{"lambda", "regional", "local", 2, true, unknown, "", unknown, unknown, unknown},
		{"kinesis", "regional", "", 3, true, unknown, "none", unknown, unknown, unknown},
		{"kms", "regional", "local", unknown, false, unknown, "", unknown, unknown, unknown},
		{"apigateway", "regional", "", unknown, false, unknown, "", unknown, unknown, unknown},
		{"athena", "regional", "", unknown, false, unknown, "", unknown, unknown, unknown},
		{"firehose", "regional", "", 2, true, unknown, "", unknown, unknown, unknown},
		{"glacier", "regional", "", 3, true, unknown, "", unknown, unknown, unknown},
		{"vpc", "regional", "", unknown, false, unknown, "", unknown, unknown, unknown},
		{"efs", "regional", "", 2, true, unknown, "none", unknown, unknown, unknown},
		{"eks", "regional", "", 3, true, unknown, "", unknown, unknown, unknown},
		{"iam", "global", "us-east-1", unknown, false, unknown, "", unknown, unknown, unknown},
		{"organizations", "global", "us-east-1", unknown, false, unknown, "", unknown, unknown, unknown},
		{"route53", "global", "us-east-1", unknown, false, unknown, "", unknown, unknown, unknown},
		{"cloudfront", "edge", "us-east-1", unknown, false, unknown, "", unknown, unknown, unknown},
		{"globalaccelerator", "edge", "us-west-2", unknown, false, unknown, "", unknown, unknown, unknown},
		{"budgets", "global", "us-east-1", unknown, false, unknown, "", unknown, unknown, unknown},
		{"health", "global", "", unknown, false, unknown, "", unknown, unknown, unknown},
		{"wafv2", "", "", unknown, false, unknown, "", unknown, unknown, unknown},
	} {
		_, f := facts(t, s, tc.service)
		if f.Scope.Value != tc.scope || f.ControlPlane.Value != tc.plane || f.CrossMode.Value != tc.cross {
			t.Errorf("%s: scope %q, control plane %q, across regions %q", tc.service, f.Scope.Value, f.ControlPlane.Value, f.CrossMode.Value)
		}
		if figure(f.Copies) != tc.copies || f.Synchronous.Value != tc.synchronous || figure(f.Readable) != tc.readable {
			t.Errorf("%s: %v copies, synchronous %t, readable %v", tc.service, figure(f.Copies), f.Synchronous.Value, figure(f.Readable))
		}
		if figure(f.RPOSeconds) != tc.rpo || figure(f.FailoverAtLeastSeconds) != tc.atLeast || figure(f.FailoverSeconds) != tc.failover {
			t.Errorf("%s: RPO %v s, failover %v to %v s", tc.service, figure(f.RPOSeconds), figure(f.FailoverAtLeastSeconds), figure(f.FailoverSeconds))
		}
	}
}

// TestCutOff states how services on an Outpost go on without the service link, and that nothing is said
// of the others.
func TestCutOff(t *testing.T) {
	s := cataloguetest.Snapshot()
	want := map[string]string{
		"ebs": "continues", "ec2": "continues", "ecs": "continues", "eks": "limited", "elbv2": "limited", "elbv2-application": "limited", "rds": "continues",
		"rds-multi-az-cluster": "limited", "rds-multi-az-instance": "limited", "s3outposts": "limited",
	}
	for i := range s.Services() {
		f := s.ServiceFacts(topology.ServiceRow(i))
		if f.DisconnectedMode.Value != want[f.ID] || (f.DisconnectedMode.State == topology.Known) != (want[f.ID] != "") {
			t.Errorf("%s: %q", f.ID, f.DisconnectedMode.Value)
		}
		if want[f.ID] != "" && f.DisconnectedNote == "" {
			t.Errorf("%s: does not say what goes on", f.ID)
		}
		if hours := figure(f.DisconnectedHours); (hours == 12) != (f.ID == "s3outposts") || hours != 12 && hours != unknown {
			t.Errorf("%s: %v hours", f.ID, hours)
		}
	}
}

// TestVariants checks where variants are offered: where their service is, or where a page says.
func TestVariants(t *testing.T) {
	s := cataloguetest.Snapshot()
	for _, tc := range []struct {
		variant, of, site string
		offered, known    bool
	}{
		{"aurora-global-database", "aurora", "eu-west-1", true, true},
		{"s3-one-zone", "s3", "eu-central-1", true, true},
		{"s3-one-zone", "s3", "me-west-1", false, false},
		{"rds-multi-az", "rds", "us-gov-west-1", true, true},
		{"rds-cluster", "rds", "eu-central-1", true, true},
		{"rds-cluster", "rds", "us-west-1", false, true},
		{"rds-cluster", "rds", "us-gov-west-1", false, false},
		{"global-tables", "dynamodb", "sa-east-1", true, true},
		{"global-tables-strong", "dynamodb", "eu-central-1", true, true},
		{"global-tables-strong", "dynamodb", "euc1-az1", true, true},
		{"global-tables-strong", "dynamodb", "sa-east-1", false, true},
		{"global-tables-strong", "dynamodb", "cn-north-1", false, true},
		{"global-tables-strong", "dynamodb", "us-iso-east-1", false, false},
	} {
		k, f := facts(t, s, tc.variant)
		of, _ := facts(t, s, tc.of)
		if f.VariantOf != (topology.Fact[topology.ServiceRow]{Value: of, State: topology.Known}) {
			t.Errorf("%s: variant of %+v", tc.variant, f.VariantOf)
		}
		r, ok := s.Site(tc.site)
		if !ok {
			t.Fatalf("no site %q", tc.site)
		}
		if offered, state := s.Offered(k, r); offered != tc.offered || (state == topology.Known) != tc.known {
			t.Errorf("%s at %s: %t, %v", tc.variant, tc.site, offered, state)
		}
	}
	if _, f := facts(t, s, "dynamodb"); f.VariantOf.State != topology.Absent {
		t.Errorf("dynamodb: variant of %+v", f.VariantOf)
	}
}

// TestZonesAndEdges checks what zones at the edge offer, that they must be opted into, and their carbon.
func TestZonesAndEdges(t *testing.T) {
	s := cataloguetest.Snapshot()
	c := load(t)
	for _, z := range slices.Concat(where(c.Sites, kind("local-zone")), where(c.Sites, kind("wavelength-zone"))) {
		if government := strings.Contains(z.ID, "sggov"); (z.OptIn != nil) == government || !government && !*z.OptIn {
			t.Errorf("%s: opt-in %v", z.ID, z.OptIn)
		}
		if z.Sources["optIn"] == "" && z.OptIn != nil {
			t.Errorf("%s: opt-in has no source", z.ID)
		}
	}
	for _, tc := range []struct {
		service, site  string
		offered, known bool
	}{
		{"ec2", "us-east-1-atl-2", true, true},
		{"eks", "us-east-1-atl-2", true, true},
		{"ecs", "us-east-1-atl-2", false, false},
		{"elbv2", "us-east-1-atl-2", false, false},
		{"ec2", "us-east-1-dfw-1", false, false}, // known from address ranges only
		{"elasticache", "us-west-2-lax-1", true, true},
		{"elasticache", "us-east-1-atl-2", false, false},
		{"ecs", "us-east-1-wl1-bos-wlz-1", true, true},
		{"elbv2", "us-east-1-wl1-bos-wlz-1", false, false},
		{"ec2", "eu-central-1-wl1-ber-wlz-1", false, false}, // doubtful
		{"cloudfront", "FRA", true, true},
		{"cloudfront", "PEK", true, true},
		{"globalaccelerator", "FRA", false, false},
		{"route53", "FRA", false, false},
		{"s3", "FRA", false, false},
	} {
		k, _ := facts(t, s, tc.service)
		r, ok := s.Site(tc.site)
		if !ok {
			t.Fatalf("no site %q", tc.site)
		}
		if offered, state := s.Offered(k, r); offered != tc.offered || (state == topology.Known) != tc.known {
			t.Errorf("%s at %s: %t, %v", tc.service, tc.site, offered, state)
		}
	}
	for site, want := range map[string]float64{"us-east-1-atl-2": 383.55, "eu-central-1-ham-1": 342.06, "us-east-1-qro-1": 483.14, "af-south-1-los-1": unknown, "us-east-1-foe-wlz-1": unknown, "FRA": unknown} {
		r, ok := s.Site(site)
		if !ok {
			t.Fatalf("no site %q", site)
		}
		if f := s.Facts(r); figure(f.Grid) != want || figure(f.Market) != unknown || figure(f.PUE) != unknown {
			t.Errorf("%s: grid %v, market %v, PUE %v", site, figure(f.Grid), figure(f.Market), figure(f.PUE))
		}
	}
}

// TestCarbonOfZonesIsTheCountrys checks that zones of one country have one figure, with the same source.
func TestCarbonOfZonesIsTheCountrys(t *testing.T) {
	c := load(t)
	country := map[string]string{}
	for _, s := range c.Sites {
		country[s.ID] = s.Country
	}
	figures := map[string]float64{}
	for _, f := range c.Carbon {
		in := country[f.Site]
		if v, ok := figures[in]; in == "" || ok && v != f.Grid {
			t.Errorf("%s in %q: %v, another zone has %v", f.Site, in, f.Grid, v)
		}
		figures[in] = f.Grid
		if f.Source != "ember-co2js-0.19" || f.Confidence != "low" {
			t.Errorf("%s: source %q, confidence %q", f.Site, f.Source, f.Confidence)
		}
	}
}
