package record

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
)

// Recording is what one pass was made of.
type Recording struct {
	Input engine.Input
	// Redacted says that people have other names, and free text is gone.
	Redacted bool
	// By is the version of Remit that made the recording.
	By string
}

// parts are a recording as it is kept: policies are there as what they were compiled from, and the problems are those
// that compiling does not give again.
type parts struct {
	Recording
	policies engine.Recorded
	kept     []kept
}

// kept is what a policy declared of an area in an earlier pass, sorted by policy and area.
type kept struct {
	policy   string
	area     ownership.AreaID
	declared []policy.Declared
}

// take takes a recording apart. How many workers judge, and how long a policy may take, is the machine's
// business, and is not kept.
func take(r Recording) parts {
	p := parts{Recording: r}
	if r.Input.Policies != nil {
		p.policies = r.Input.Policies.Recorded()
		p.kept = takeKept(r.Input.Kept, r.Input.Policies)
	}
	p.Input.Policies, p.Input.Kept, p.Input.Workers, p.Input.Deadline = nil, nil, 0, 0
	p.Input.Problems = without(r.Input.Problems, p.policies.Refused)
	return p
}

// takeKept lists what is kept of policies as they are; of others it would never be used.
func takeKept(from engine.Kept, policies *engine.Policies) []kept {
	var list []kept
	for key, declared := range from {
		if digest, is := policies.Digest(key.Policy); is && digest == key.Digest || policies.Lost(key.Policy) {
			list = append(list, kept{key.Policy, key.Area, declared})
		}
	}
	slices.SortFunc(list, func(a, b kept) int {
		return cmp.Or(strings.Compare(a.policy, b.policy), strings.Compare(string(a.area), string(b.area)))
	})
	return list
}

// without takes each of some problems out once.
func without(problems, some []ownership.Problem) []ownership.Problem {
	times := make(map[ownership.Problem]int, len(some))
	for _, problem := range some {
		times[problem]++
	}
	var left []ownership.Problem
	for _, problem := range problems {
		if times[problem]--; times[problem] < 0 {
			left = append(left, problem)
		}
	}
	return left
}

// join puts a recording together again, which compiles its policies.
func (p parts) join() Recording {
	r := p.Recording
	if r.Input.Manifests == nil {
		r.Input.Manifests = &manifest.Set{}
	}
	compiled, refused := engine.RestorePolicies(r.Input.Manifests, p.policies)
	r.Input.Policies = compiled
	r.Input.Problems = slices.Concat(r.Input.Problems, refused)
	for _, entry := range p.kept {
		if digest, is := compiled.Digest(entry.policy); is || compiled.Lost(entry.policy) {
			if r.Input.Kept == nil {
				r.Input.Kept = engine.Kept{}
			}
			r.Input.Kept[engine.KeptKey{Policy: entry.policy, Digest: digest, Area: entry.area}] = entry.declared
		}
	}
	return r
}

// walk is the order of the parts in a recording.
func (p *parts) walk(c *codec) {
	c.flag(&p.Redacted)
	text(c, word, &p.By)
	c.moment(&p.Input.Now)
	c.flag(&p.Input.FilesOnly)
	optional(c, &p.Input.Manifests, manifests)
	list(c, &p.Input.Sources, source)
	list(c, &p.Input.Statuses, status)
	list(c, &p.Input.Problems, problem)
	list(c, &p.policies.Sources, policySource)
	list(c, &p.policies.Unread, policyStatus)
	list(c, &p.kept, func(c *codec, k *kept) {
		text(c, plain, &k.policy)
		text(c, plain, &k.area)
		list(c, &k.declared, declared)
	})
}

func declared(c *codec, d *policy.Declared) {
	text(c, plain, &d.Area)
	text(c, plain, &d.Role)
	text(c, holder, &d.Holder)
	text(c, prose, &d.Reason)
	text(c, plain, &d.Policy)
	location(c, &d.Location)
}

func policySource(c *codec, s *policy.Source) {
	text(c, plain, &s.Name)
	text(c, file, &s.File)
	bytes(c, rego, &s.Text)
	c.flag(&s.Embedded)
	table(c, plain, &s.Parameters, func(c *codec, value *json.RawMessage) { bytes(c, parameter, value) })
	text(c, word, &s.Severity)
	location(c, &s.Location)
	table(c, plain, &s.ParameterLocations, location)
}

func policyStatus(c *codec, s *ownership.PolicyStatus) {
	text(c, plain, &s.Name)
	text(c, prose, &s.Title)
	text(c, word, &s.Subject)
	number(c, &s.Subjects)
	number(c, &s.Failed)
	text(c, prose, &s.Error)
	number(c, &s.Duration)
}
