package engine

import (
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
)

// Reading is what one policy rests on, and came to, for one subject.
type Reading struct {
	Policy string `json:"policy"`
	// Input are the paths of input that the policy can read, such as "input.declared.accountable": the same for all
	// subjects. Data are those of data that it read for this one, present or absent.
	Input []string `json:"input"`
	Data  []string `json:"data"`
	// Undetermined says why it could not tell, Failure why it failed.
	Undetermined string `json:"undetermined,omitempty"`
	Failure      string `json:"failure,omitempty"`
	// Findings are what it said, whether exempt or not.
	Findings []ownership.Finding `json:"findings,omitempty"`
}

// Readings are what policies read to judge a subject: an area by its ID, a person or a team as a holder, "organisation".
func (o *Outcome) Readings(subject string) []Reading {
	var readings []Reading
	for _, instance := range o.memory.in.Policies.set.Policies() {
		page := o.memory.judging.pages[subject]
		if page == nil || page.key.kind != instance.Subject {
			continue
		}
		for at, key := range o.memory.judging.instances[instance.Subject] {
			if key.name == instance.Name && page.verdicts[at].asked {
				readings = append(readings, o.memory.reading(instance, page.verdicts[at]))
			}
		}
	}
	return readings
}

func (m *memory) reading(instance policy.Policy, v verdict) Reading {
	reading := Reading{Policy: instance.Name, Input: instance.Inputs}
	for _, read := range m.reads.lists[v.reads] {
		reading.Data = append(reading.Data, m.reads.reads[read].Dotted())
	}
	if v.said != nil {
		reading.Undetermined, reading.Findings = v.said.undetermined, v.said.findings
		if v.said.failure != nil {
			reading.Failure = v.said.failure.Error()
		}
	}
	return reading
}
