package remediation

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

// hashDomain keeps the hash of a Remediation apart from that of a plan.
const hashDomain = "remit.dev/remediation/v1"

// Step is one change of a proposal. One that a brake holds is made only if somebody overrides the brake.
type Step struct {
	Change  ownership.Change
	Brake   ownership.Brake
	Because string
}

// MayBeMade says whether the change may be made, where what nothing holds may be, and where brakes may be overridden.
func (s Step) MayBeMade(mayMake, mayOverride bool) bool {
	if s.Brake != "" {
		return mayOverride
	}
	return mayMake
}

// Proposal is a plan of few changes that belong together.
type Proposal struct {
	// Namespace is where the Remediation is to stand, Base what its name begins with.
	Namespace, Base string
	Mode            ownership.Mode
	Areas           []ownership.AreaID
	Steps           []Step
	// Hash is over operations, preconditions and brakes.
	Hash string
}

// Makes says whether carrying the proposal out makes any of its changes. One that makes none has to wait: were it finished, the
// very same would be proposed anew at once, and without end.
func (p *Proposal) Makes(mayMake, mayOverride bool) bool {
	return slices.ContainsFunc(p.Steps, func(step Step) bool { return step.MayBeMade(mayMake, mayOverride) })
}

// MayOverride says whether people may have a change made although the brake holds it. Brakes that keep somebody in every
// role, and those that rest on what is not known, are not among these.
func MayOverride(brake ownership.Brake) bool {
	return brake == ownership.BrakeRemovals || brake == ownership.BrakeChanges
}

// Propose groups what a plan would change: one Proposal for each area, in its namespace, and one for what is about several
// areas or an area without an object, in the controller's own. What is enforced and what awaits approval stand apart.
//
//	the change            goes into a proposal
//	is made               yes
//	is held by a brake that may be overridden   yes, marked
//	is held otherwise     no
func Propose(made ownership.Plan, own string) []Proposal {
	groups := map[string]*Proposal{}
	add := func(step Step) {
		change := step.Change
		if change.Mode == ownership.Observe {
			return
		}
		areas := areasOf(change)
		namespace, base := placeOf(areas, own)
		key := strings.Join([]string{namespace, base, string(change.Mode)}, " ")
		group := groups[key]
		if group == nil {
			group = &Proposal{Namespace: namespace, Base: base, Mode: change.Mode}
			groups[key] = group
		}
		group.Areas = append(group.Areas, areas...)
		group.Steps = append(group.Steps, step)
	}
	for _, change := range made.Changes {
		add(Step{Change: change})
	}
	for _, held := range made.Held {
		if MayOverride(held.Brake) {
			add(Step{Change: held.Change, Brake: held.Brake, Because: held.Because})
		}
	}
	var proposals []Proposal
	for _, group := range groups {
		proposals = append(proposals, group.parts(made.Preconditions)...)
	}
	slices.SortFunc(proposals, func(a, b Proposal) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Base, b.Base), strings.Compare(string(a.Mode), string(b.Mode)), strings.Compare(a.Hash, b.Hash))
	})
	return proposals
}

// parts divides a proposal where it has more changes than one Remediation holds.
func (p *Proposal) parts(preconditions []ownership.Precondition) []Proposal {
	var parts []Proposal
	for steps := range slices.Chunk(p.Steps, v1alpha1.MaxRemediationChanges) {
		part := Proposal{Namespace: p.Namespace, Base: p.Base, Mode: p.Mode, Steps: steps}
		for _, step := range steps {
			part.Areas = append(part.Areas, areasOf(step.Change)...)
		}
		slices.Sort(part.Areas)
		part.Areas = slices.Compact(part.Areas)
		part.Hash = hashOf(steps, preconditions)
		parts = append(parts, part)
	}
	return parts
}

// hashOf is over the changes, what they ask of their targets, and the brakes that hold them: an approval of what was held
// is none of the same change once nothing holds it.
func hashOf(steps []Step, preconditions []ownership.Precondition) string {
	changes := make([]ownership.Change, len(steps))
	var asked []ownership.Precondition
	sum := sha256.New()
	for i, step := range steps {
		changes[i] = step.Change
		fmt.Fprintf(sum, "%s %d %s\n", hashDomain, i, step.Brake)
	}
	for _, precondition := range preconditions {
		if slices.ContainsFunc(changes, precondition.Concerns) {
			asked = append(asked, precondition)
		}
	}
	fmt.Fprintf(sum, "%s", plan.Hash(changes, asked))
	return hex.EncodeToString(sum.Sum(nil))
}

func areasOf(change ownership.Change) []ownership.AreaID {
	if len(change.Areas) > 0 {
		return change.Areas
	}
	return []ownership.AreaID{change.Area}
}

// placeOf is where a change is proposed that is about these areas.
func placeOf(areas []ownership.AreaID, own string) (namespace, base string) {
	if len(areas) != 1 {
		return own, "several-areas"
	}
	namespace, name, declared := strings.Cut(string(areas[0]), "/")
	if !declared || strings.Contains(string(areas[0]), ":") { // a virtual area has no object
		return own, "virtual-areas"
	}
	return namespace, name
}

// Spec is the Remediation's spec. Until tells when the access ends that a change gives; it may be nil.
func (p *Proposal) Spec(until func(ownership.Change) time.Time) v1alpha1.RemediationSpec {
	spec := v1alpha1.RemediationSpec{PlanHash: p.Hash, Mode: string(p.Mode), Total: int32(len(p.Steps)), Summary: p.summary()} //nolint:gosec // at most 100
	for _, area := range p.Areas {
		spec.Areas = append(spec.Areas, cut(string(area), 512))
	}
	spec.Areas = spec.Areas[:min(len(spec.Areas), 100)]
	for i, step := range p.Steps {
		spec.Changes = append(spec.Changes, step.change(strconv.Itoa(i+1), until))
	}
	return spec
}

func (s Step) change(id string, until func(ownership.Change) time.Time) v1alpha1.RemediationChange {
	c := s.Change
	change := v1alpha1.RemediationChange{
		ID: id, Target: c.Target, Operation: string(c.Operation), Object: cut(c.Object(), 1024), Before: cut(c.Before, 1024), After: cut(c.After, 1024),
		Area: cut(string(areasOf(c)[0]), 512), Role: string(c.Role), Reason: cut(c.Reason, 1024), Reversible: c.Reversible,
		Brake: string(s.Brake), Because: cut(s.Because, 1024), Holders: holders(c.Holders), Loses: holders(c.Losing()),
	}
	if until != nil {
		if end := until(c); !end.IsZero() {
			change.Until = &metav1.Time{Time: end}
		}
	}
	return change
}

// holders are the first hundred, each once.
func holders(of []ownership.Holder) []string {
	var texts []string
	for _, holder := range of {
		if text := cut(string(holder), 205); len(texts) < 100 && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// summary says in a sentence what is changed.
func (p *Proposal) summary() string {
	held := 0
	for _, step := range p.Steps {
		if step.Brake != "" {
			held++
		}
	}
	text := p.Steps[0].Change.Reason
	if more := len(p.Steps) - 1; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	if held > 0 {
		text += fmt.Sprintf(" (%d held by a brake)", held)
	}
	return cut(text, 1024)
}

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit-3], "") + "…"
}

// Name is the Remediation's name; before is how many of the same base and hash there were already.
func (p *Proposal) Name(before int) string {
	const longest = 253 - 20 // of a name, less what follows
	base := strings.TrimRight(p.Base[:min(len(p.Base), longest)], ".-")
	name := base + "-" + p.Hash[:8]
	if before > 0 {
		name += "-" + strconv.Itoa(before+1)
	}
	return name
}
