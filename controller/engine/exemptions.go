package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// exempt marks the findings that an exemption in force covers. It never takes one away.
func (p *Policies) exempt(findings []ownership.Finding, now time.Time) []ownership.Finding {
	for i, finding := range findings {
		if finding.Status != ownership.Raised {
			continue
		}
		for _, exemption := range p.settings[finding.Policy].exemptions {
			if covers(exemption, finding) && now.Before(exemption.Expires.Time) {
				findings[i].Status = ownership.Exempt
				findings[i].Because = fmt.Sprintf("exempt until %s by %s: %s",
					exemption.Expires.UTC().Format(time.DateOnly), exemption.Owner, exemption.Reason)
			}
		}
	}
	return findings
}

func covers(exemption v1alpha1.Exemption, finding ownership.Finding) bool {
	return exemption.Subject == finding.Subject && (exemption.Key == "" || exemption.Key == finding.Key)
}

// exemptions says of each exemption what it does, in the order of the manifests, and warns of those that do nothing although the
// policy could judge the subject:
//
//	over                                                     expired   warned of by idle
//	in force, and covers a finding, raised or undetermined   used
//	in force, and covers none                                unused    warned of
//	  the subject does not exist                                       warned of by idle
//	  the policy failed on it, or rests on unknown facts               nothing can be said
func (p *pass) exemptions() ([]ownership.Exemption, []ownership.Problem) {
	var all []ownership.Exemption
	var unused []ownership.Problem
	for _, object := range p.in.Manifests.Policies {
		name := object.Value.Name
		if _, runs := p.in.Policies.settings[name]; !runs || len(object.Value.Spec.Exemptions) == 0 {
			continue
		}
		findings := p.findingsOf(name)
		for i, given := range object.Value.Spec.Exemptions {
			field := fmt.Sprintf("spec.exemptions[%d]", i)
			exemption := ownership.Exemption{
				Policy: name, Subject: given.Subject, Key: given.Key, Owner: ownership.Holder(given.Owner), Reason: given.Reason,
				Expires: given.Expires.UTC(), Status: ownership.ExemptionExpired, Location: object.FieldLocation(field),
			}
			if p.in.Now.Before(given.Expires.Time) {
				exemption.Status = ownership.ExemptionUnused
				for _, finding := range findings[given.Subject] {
					if covers(given, finding) {
						exemption.Status = ownership.ExemptionUsed
						exemption.Findings++
					}
				}
			}
			if exemption.Status == ownership.ExemptionUnused && p.judged(name, given.Subject) {
				unused = append(unused, warning(object.FieldLocation(field), field,
					fmt.Sprintf("the exemption of %s covers no finding of %s", exemption.Subject, name), "remove it; what it covered is in order"))
			}
			all = append(all, exemption)
		}
	}
	return all, unused
}

// findingsOf are the findings of a policy by subject.
func (p *pass) findingsOf(policy string) map[string][]ownership.Finding {
	findings := map[string][]ownership.Finding{}
	for _, finding := range p.result.Findings {
		if finding.Policy == policy {
			findings[finding.Subject] = append(findings[finding.Subject], finding)
		}
	}
	return findings
}

// judged says whether a policy could judge a subject.
func (p *pass) judged(name, subject string) bool {
	for kind, instances := range p.judging.instances {
		at := slices.IndexFunc(instances, func(instance instanceKey) bool { return instance.name == name })
		if page := p.judging.pages[subject]; at >= 0 && page != nil && page.key.kind == kind && page.verdicts[at].asked {
			said := page.verdicts[at].said
			return said == nil || said.failure == nil && said.undetermined == ""
		}
	}
	return false
}
