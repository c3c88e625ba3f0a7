package engine

import (
	"cmp"
	"slices"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
)

// Recorded is what compiled policies were made of, so that they can be compiled again from a recording without
// reading a file or a library of another version.
type Recorded struct {
	// Sources are the modules that were compiled, with their texts.
	Sources []policy.Source
	// Unread are the instances whose text could not be read, or whose settings could not be used.
	Unread []ownership.PolicyStatus
	// Refused are the problems that compiling gave.
	Refused []ownership.Problem
}

// Recorded gives what the policies were made of. It is shared: do not change it.
func (p *Policies) Recorded() Recorded { return p.recorded }

// RestorePolicies compiles recorded policies again, with their settings from the manifests, and gives the problems of
// compiling. It reads nothing: the texts are those of the recording.
func RestorePolicies(manifests *manifest.Set, recorded Recorded) (*Policies, []ownership.Problem) {
	p := &Policies{settings: map[string]settings{}, failed: slices.Clone(recorded.Unread)}
	for _, object := range manifests.Policies {
		has := func(source policy.Source) bool { return source.Name == object.Value.Name }
		set, err := selecting(object.Value.Spec.Match)
		if err != nil || !slices.ContainsFunc(recorded.Sources, has) {
			continue
		}
		set.library, set.exemptions = object.Value.Spec.Library, object.Value.Spec.Exemptions
		set.mode = cmp.Or(ownership.Mode(object.Value.Spec.Mode), ownership.Observe)
		p.settings[object.Value.Name] = set
	}
	set, refused := policy.Compile(recorded.Sources, roleNames(manifests)...)
	p.set = set
	p.recorded = Recorded{Sources: recorded.Sources, Unread: recorded.Unread, Refused: refused}
	p.failRefused(recorded.Sources, refused)
	p.findLost(manifests, recorded.Sources)
	return p, refused
}

// Lost says whether an instance may declare and cannot be asked, so that what it declared last is of use.
func (p *Policies) Lost(name string) bool { return p.isLost(name) }

// Digest stands for an instance as it was compiled, as in a KeptKey; is is false where there is none of the name.
func (p *Policies) Digest(name string) (digest policy.Digest, is bool) {
	for _, instance := range p.set.Policies() {
		if instance.Name == name {
			return instance.Digest, true
		}
	}
	return policy.Digest{}, false
}
