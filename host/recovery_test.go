package host_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// openAWS opens the embedded catalogue, with no policy but those of the test.
func openAWS(t testing.TB) *host.Host {
	t.Helper()
	h, err := host.Open(context.Background(), host.WithoutStandardPolicies())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// outcome writes a scenario of where things run today: verdict, times, and what else there is to say.
func outcome(t *testing.T, d *placement.Decision, id string) string {
	t.Helper()
	for _, s := range d.Current.Scenarios {
		if s.ID != id {
			continue
		}
		seconds := func(v *float64) string {
			if v == nil {
				return "unknown"
			}
			return fmt.Sprint(*v)
		}
		out := fmt.Sprintf("%s rto %s rpo %s", s.Verdict, seconds(s.RTOSeconds), seconds(s.RPOSeconds))
		if len(s.Missing) > 0 {
			out += " missing " + strings.Join(s.Missing, ",")
		}
		if len(s.ControlPlanes) > 0 {
			out += " frozen " + strings.Join(s.ControlPlanes, ",")
		}
		return out
	}
	t.Fatalf("no scenario %s", id)
	return ""
}

// TestAWSRecovery holds the catalogue's services to what AWS publishes of them:
//   - S3 keeps objects in at least three zones (S3 user guide, data durability); Replication Time Control replicates
//     within 15 minutes (S3 user guide, RTC);
//   - DynamoDB replicates over three zones, and global tables with strong consistency have an RPO of zero (DynamoDB
//     developer guide);
//   - RDS Multi-AZ instances fail over in 60 to 120 seconds, Multi-AZ clusters typically in less than 35 (RDS user guide);
//   - the control planes of IAM and Route 53 are in us-east-1, and their data planes go on without them (AWS fault isolation
//     boundaries, global services).
func TestAWSRecovery(t *testing.T) {
	h := openAWS(t)
	for _, c := range []struct{ name, services, sites, more, scenario, want string }{
		{"S3 without a zone", "s3", "eu-central-1", "", "lose:zone:euc1-az1", "permit rto unknown rpo 0"},
		{"S3 without its region", "s3", "eu-central-1", "", "lose:region:eu-central-1", "infeasible rto unknown rpo unknown missing components[0].copies"},
		{"S3 in two regions is not replicated by itself", "s3", "eu-central-1, eu-west-1", "", "lose:region:eu-central-1", "permit rto unknown rpo unknown"},
		{"replicated without a bound", "s3-crr", "eu-central-1, eu-west-1", "", "lose:region:eu-central-1", "permit rto unknown rpo unknown"},
		{"within fifteen minutes", "s3-rtc", "eu-central-1, eu-west-1", "", "lose:region:eu-central-1", "permit rto unknown rpo 900"},
		{"two that take writes", "s3-rtc", "eu-central-1, eu-west-1", "roles: [primary, primary], ", "lose:region:eu-central-1", "permit rto 0 rpo 900"},
		{"only a standby is lost", "s3-rtc", "eu-central-1, eu-west-1", "roles: [primary, standby], ", "lose:region:eu-west-1", "permit rto 0 rpo 0"},
		{"S3 in one zone", "s3-one-zone", "eu-central-1", "", "lose:zone:euc1-az1", "infeasible rto unknown rpo unknown missing components[0].copies"},
		{"DynamoDB without a zone", "dynamodb", "eu-central-1", "", "lose:zone:euc1-az1", "permit rto unknown rpo 0"},
		{"global tables", "dynamodb-global-tables", "eu-central-1, eu-west-1", "", "lose:region:eu-central-1", "permit rto unknown rpo unknown"},
		{"strong global tables", "dynamodb-global-tables-strong", "eu-central-1, eu-west-1, eu-west-3", "roles: [voter, voter, voter], quorum: majority, ", "lose:region:eu-central-1", "permit rto 0 rpo 0"},
		{"RDS in one zone", "rds", "eu-central-1", "", "lose:zone:euc1-az1", "infeasible rto unknown rpo unknown missing components[0].copies"},
		{"RDS with a standby", "rds-multi-az-instance", "eu-central-1", "", "lose:zone:euc1-az1", "permit rto 120 rpo 0"},
		{"RDS with readable standbys", "rds-multi-az-cluster", "eu-central-1", "", "lose:zone:euc1-az1", "permit rto 35 rpo 0"},
		{"the worst counts", "rds-multi-az-cluster, aurora", "eu-central-1", "", "lose:zone:euc1-az1", "permit rto 60 rpo 0"},
		{"EC2", "ec2", "eu-central-1", "", "lose:zone:euc1-az1", "permit rto unknown rpo unknown"},
		{"IAM goes on without its control plane", "iam", "eu-central-1", "", "lose:controlPlane:us-east-1", "permit rto 0 rpo 0 frozen iam"},
		{"Route 53, too", "route53, iam", "eu-central-1", "", "lose:controlPlane:us-east-1", "permit rto 0 rpo 0 frozen iam,route53"},
		{"and when the region is lost", "iam", "us-east-1, eu-west-1", "", "lose:region:us-east-1", "permit rto 0 rpo 0 frozen iam"},
		{"too slow", "rds-multi-az-instance", "eu-central-1", "survive: zone, rtoSeconds: 60, ", "lose:zone:euc1-az1", "infeasible rto 120 rpo 0 missing components[0].rtoSeconds"},
		{"not known to be fast enough", "s3", "eu-central-1", "survive: zone, rtoSeconds: 60, ", "lose:zone:euc1-az1", "indeterminate rto unknown rpo 0 missing components[0].rtoSeconds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, h, fmt.Sprintf("current: {a: [%s]}\ncomponents: [{name: a, %sservices: [%s], copies: {min: 1, max: 3}}]\n", c.sites, c.more, c.services))
			if got := outcome(t, d, c.scenario); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestRecoveryRequired judges sites by the time that their services take, and the writes that they lose.
func TestRecoveryRequired(t *testing.T) {
	h := openAWS(t)
	for _, c := range []struct{ name, component, verdict, message string }{
		{"fast enough", "services: [rds-multi-az-cluster], survive: zone, rtoSeconds: 35, rpoSeconds: 0", "permit", ""},
		{"too slow", "services: [rds-multi-az-instance], survive: zone, rtoSeconds: 60", "infeasible", "rds-multi-az-instance takes 60 to 120 seconds to go on when a zone is lost; rtoSeconds asks for 60"},
		{"nobody knows", "services: [s3], survive: zone, rtoSeconds: 60", "indeterminate", "it is not known how many seconds s3 takes to go on when a zone is lost; rtoSeconds asks for 60"},
		{"loses too much", "services: [s3-rtc], survive: region, copies: {min: 2}, rpoSeconds: 5", "infeasible", "s3-replication-time-control may lose 900 seconds of writes when a copy is lost; rpoSeconds asks for 5"},
		{"loses little enough", "services: [s3-rtc], survive: region, copies: {min: 2}, rpoSeconds: 900", "permit", ""},
		{"loses nothing", "services: [dynamodb-global-tables-strong], survive: region, copies: {min: 3}, roles: [voter, voter, voter], rpoSeconds: 0", "permit", ""},
		{"is not replicated", "services: [s3], survive: region, copies: {min: 2}, rpoSeconds: 5", "indeterminate", "s3 by itself keeps nothing in another region, so it is not known what it loses when a copy is lost; rpoSeconds asks for 5"},
		{"has to be promoted", "services: [s3-rtc], survive: region, copies: {min: 2}, rtoSeconds: 60", "indeterminate", "it is not known how many seconds s3-replication-time-control takes to go on when a zone is lost; rtoSeconds asks for 60"},
		{"nothing is to be survived", "services: [s3], rtoSeconds: 60", "permit", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, h, "sites: {include: [eu-central-1, eu-west-1, eu-west-3]}\ncomponents: [{name: a, "+c.component+"}]\n")
			message := ""
			if r := siteOf(t, d, "eu-central-1").Reasons; len(r) > 0 {
				message = r[0].Message
			}
			if string(d.Verdict) != c.verdict || message != c.message {
				t.Errorf("%s: %s\nwant %s: %s", d.Verdict, message, c.verdict, c.message)
			}
		})
	}
	d := decide(t, h, "sites: {include: [eu-central-1]}\ncomponents: [{name: a, services: [s3], rtoSeconds: 60}]\n")
	const want = "components[0].rtoSeconds asks for nothing, because the component is to survive no loss; say which with survive"
	if w := d.Placements[0].Warnings; len(w) != 1 || w[0].Message != want {
		t.Errorf("warnings %+v", w)
	}
	d = decide(t, h, "sites: {include: [eu-central-1]}\ncomponents: [{name: a, services: [rds-multi-az-instance], survive: zone, rtoSeconds: 60}]\n")
	if len(d.Conflicts) != 1 || strings.Join(d.Conflicts[0].Requirements, " ") != "components[0].rtoSeconds" {
		t.Errorf("conflicts %+v", d.Conflicts)
	}
}
