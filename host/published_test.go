package host_test

import (
	"fmt"
	"testing"
)

// TestPublishedControlPlanes holds the catalogue to Amazon's white paper "AWS Fault Isolation Boundaries"
// (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html, read on 2026-11-24), which lists
// the services with one control plane for the partition aws and the region it is in, and says the same of Route 53. Without
// that region such a service goes on elsewhere and cannot be changed; without the other of the two regions nothing happens to
// it. Regional services are affected by neither.
func TestPublishedControlPlanes(t *testing.T) {
	h := openAWS(t)
	const east, west = "us-east-1", "us-west-2"
	for service, home := range map[string]string{
		"iam": east, "organizations": east, "account": east, "route53": east,
		"networkmanager": west, "route53-application-recovery-controller": west,
		"dynamodb": "", "sqs": "", "lambda": "",
	} {
		t.Run(service, func(t *testing.T) {
			d := decide(t, h, fmt.Sprintf("current: {a: [eu-central-1]}\ncomponents: [{name: a, services: [%s]}]\n", service))
			lost := 0
			for _, s := range d.Current.Scenarios {
				for _, region := range []string{east, west} {
					if s.ID != "lose:controlPlane:"+region {
						continue
					}
					lost++
					if region != home || len(s.ControlPlanes) != 1 || s.ControlPlanes[0] != service || s.Verdict != "permit" {
						t.Errorf("without %s: %s, and %v cannot be changed", region, s.Verdict, s.ControlPlanes)
					}
				}
			}
			if lost != len(home)/len(east) {
				t.Errorf("%d control planes elsewhere", lost)
			}
		})
	}
}
