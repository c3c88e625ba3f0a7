package engine

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/policies"
)

// Policies are compiled policy instances with the settings that the engine applies.
type Policies struct {
	set      *policy.Set
	settings map[string]settings
	failed   []ownership.PolicyStatus
	recorded Recorded
	// lost are the instances that could not be compiled and may declare.
	lost []lostPolicy
}

// settings are one instance's, beside its Rego.
type settings struct {
	// library is the policy of the library that it is an instance of, or empty.
	library    string
	match      *v1alpha1.PolicyMatch
	selector   labels.Selector
	exemptions []v1alpha1.Exemption
	// mode is how far Remit may go for the sake of what the policy declares.
	mode ownership.Mode
}

// PolicyInput says which policies to compile.
type PolicyInput struct {
	Manifests *manifest.Set
	// Default names the policies of the library that are used where there is no ResponsibilityPolicy, not even one
	// with errors.
	Default []string
	// Text reads the text of a policy that is in a ConfigMap or a file, in a cluster; nil elsewhere, where files are beside
	// the manifest and there is no ConfigMap. An error that is an ownership.Problem is shown as it is.
	Text func(manifest.Object[v1alpha1.ResponsibilityPolicy]) ([]byte, error)
}

// CompilePolicies compiles all instances that are not suspended. One that cannot be compiled is left out, with its
// problems, and stops no other.
func CompilePolicies(in PolicyInput) (*Policies, []ownership.Problem) {
	p := &Policies{settings: map[string]settings{}}
	var sources []policy.Source
	var problems []ownership.Problem
	for _, object := range in.Manifests.Policies {
		if object.Value.Spec.Suspend {
			continue
		}
		source, set, problem := in.load(object)
		if problem != nil {
			problems = append(problems, *problem)
			p.fail(object.Value.Name, *problem)
			continue
		}
		sources = append(sources, source)
		p.settings[source.Name] = set
	}
	if len(in.Manifests.Policies) == 0 && in.Manifests.Invalid["ResponsibilityPolicy"] == 0 {
		for _, name := range in.Default {
			file, text, err := policies.Text(name)
			if err != nil {
				problems = append(problems, ownership.Problem{Message: err.Error(), Remedy: libraryRemedy(name)})
				continue
			}
			sources = append(sources, policy.Source{Name: name, File: file, Text: text})
		}
	}
	set, refused := policy.Compile(sources, roleNames(in.Manifests)...)
	p.set = set
	p.recorded = Recorded{Sources: sources, Unread: slices.Clone(p.failed), Refused: refused}
	p.failRefused(sources, refused)
	p.findLost(in.Manifests, sources)
	return p, append(problems, refused...)
}

// roleNames are the configured roles; where their configuration has errors they are not known.
func roleNames(manifests *manifest.Set) []string {
	var configuration *v1alpha1.RoleConfiguration
	if manifests.Roles != nil {
		configuration = &manifests.Roles.Value
	} else if manifests.Invalid["RoleConfiguration"] > 0 {
		return []string{policy.AnyRole}
	}
	var names []string
	for _, definition := range manifest.RoleDefinitions(configuration) {
		names = append(names, string(definition.Role))
	}
	return names
}

// load reads one instance's text and settings.
func (in PolicyInput) load(object manifest.Object[v1alpha1.ResponsibilityPolicy]) (policy.Source, settings, *ownership.Problem) {
	spec := object.Value.Spec
	source := policy.Source{
		Name: object.Value.Name, Severity: ownership.Severity(spec.Severity), Location: object.Location,
		Parameters:         make(map[string]json.RawMessage, len(spec.Parameters)),
		ParameterLocations: make(map[string]ownership.Location, len(spec.Parameters)),
	}
	for name, value := range spec.Parameters {
		source.Parameters[name] = value.Raw
		source.ParameterLocations[name] = object.FieldLocation("spec.parameters." + name)
	}
	set, err := selecting(spec.Match)
	if err != nil {
		return source, set, withReason(manifest.ReasonSelectorInvalid, problemAt(object.FieldLocation("spec.match.areas"), "spec.match.areas", err, "correct the selector"))
	}
	set.library, set.exemptions, set.mode = spec.Library, spec.Exemptions, cmp.Or(ownership.Mode(spec.Mode), ownership.Observe)
	return in.withText(object, source, set)
}

func (in PolicyInput) withText(object manifest.Object[v1alpha1.ResponsibilityPolicy], source policy.Source, set settings) (policy.Source, settings, *ownership.Problem) {
	spec := object.Value.Spec
	switch {
	case spec.Library != "":
		file, text, err := policies.Text(spec.Library)
		if err != nil {
			return source, set, withReason("LibraryUnknown", problemAt(object.FieldLocation("spec.library"), "spec.library", err, libraryRemedy(spec.Library)))
		}
		source.File, source.Text = file, text
	case spec.RegoFile != "" && in.Text != nil:
		text, problem := in.textOf(object, "spec.regoFile")
		if problem != nil {
			return source, set, problem
		}
		source.File, source.Text = object.Location.File, text
	case spec.RegoFile != "":
		text, err := manifest.ReadBeside(object, spec.RegoFile)
		if err != nil {
			return source, set, problemAt(object.FieldLocation("spec.regoFile"), "spec.regoFile", err,
				"name a file below the folder of the manifests, at most 1 MiB")
		}
		source.File, source.Text = manifest.Beside(object, spec.RegoFile), text
	case spec.RegoConfigMap != nil:
		text, problem := in.textOf(object, "spec.regoConfigMap")
		if problem != nil {
			return source, set, problem
		}
		source.File, source.Text = object.Location.File, text
	default:
		at := object.FieldLocation("spec.rego")
		source.File, source.Text, source.Location = at.File, embedded(spec.Rego, object.TextLine("spec.rego")), at
		source.Embedded = true
	}
	return source, set, nil
}

// textOf reads a policy's text from where the field names.
func (in PolicyInput) textOf(object manifest.Object[v1alpha1.ResponsibilityPolicy], field string) ([]byte, *ownership.Problem) {
	at := object.FieldLocation(field)
	if in.Text == nil {
		return nil, problemAt(at, field, errors.New("a ConfigMap is read in a cluster only"),
			"write the text into `rego`, or into a file beside the manifest that `regoFile` names")
	}
	text, err := in.Text(object)
	if err == nil {
		return text, nil
	}
	var problem ownership.Problem
	if !errors.As(err, &problem) {
		return nil, problemAt(at, field, err, "see that it can be read")
	}
	problem.Location = at
	return nil, &problem
}

// libraryRemedy names the policy of the library that may be meant, and all that there are.
func libraryRemedy(name string) string {
	names := policies.Names()
	remedy := "use one of " + strings.Join(names, ", ")
	if near := nearest.Question(name, names); near != "" {
		return near + " " + remedy
	}
	return remedy
}

// embedded puts Rego on the lines that it has in its manifest, so that its problems are found there.
func embedded(rego string, line int) []byte {
	return []byte(strings.Repeat("\n", max(line-1, 0)) + rego)
}

// selecting makes settings of what a policy matches.
func selecting(match *v1alpha1.PolicyMatch) (settings, error) {
	set := settings{match: match, selector: labels.Everything()}
	if match == nil || match.Areas == nil {
		return set, nil
	}
	selector, err := metav1.LabelSelectorAsSelector(match.Areas.Kubernetes())
	if err != nil {
		return set, err
	}
	set.selector = selector
	return set, nil
}

func problemAt(at ownership.Location, field string, err error, remedy string) *ownership.Problem {
	return &ownership.Problem{Location: at, Field: field, Message: err.Error(), Remedy: remedy}
}

// withReason gives a problem a reason.
func withReason(reason string, problem *ownership.Problem) *ownership.Problem {
	problem.Reason = reason
	return problem
}

func (p *Policies) fail(name string, problem ownership.Problem) {
	p.failed = append(p.failed, ownership.PolicyStatus{Name: name, Error: problem.Error()})
}

// declares says whether any instance has a rule that declares, or may have.
func (p *Policies) declares() bool {
	return len(p.lost) > 0 || slices.ContainsFunc(p.set.Policies(), func(instance policy.Policy) bool { return slices.Contains(instance.Rules, "declare") })
}

// library names the policy of the library that an instance is one of; empty for one of its own. Those that no manifest
// asks for are the library's.
func (p *Policies) library(instance string) string {
	if set, asked := p.settings[instance]; asked {
		return set.library
	}
	return instance
}

// applies says whether an instance judges an area.
func (p *Policies) applies(instance string, area *snapshot.Area) bool {
	return p.settings[instance].applies(area)
}

// matches says no where it is not known: the tier and the labels of an area whose manifest has errors are not.
func (s settings) matches(area *snapshot.Area) bool {
	if area.Unread != "" && (len(s.match.Tiers) > 0 || s.match.Areas != nil) {
		return false
	}
	return (len(s.match.Namespaces) == 0 || slices.Contains(s.match.Namespaces, area.Namespace)) &&
		(len(s.match.Tiers) == 0 || slices.Contains(s.match.Tiers, area.Tier)) &&
		s.selector.Matches(labels.Set(area.Labels))
}

// failRefused names the instances that could not be compiled, from the problems that say why.
func (p *Policies) failRefused(sources []policy.Source, problems []ownership.Problem) {
	compiled := map[string]bool{}
	for _, instance := range p.set.Policies() {
		compiled[instance.Name] = true
	}
	for _, source := range sources {
		if compiled[source.Name] {
			continue
		}
		reason := "it could not be compiled"
		for _, problem := range problems {
			// Several may stand in one manifest, and the problems come in the order of the lines.
			inText := problem.File == source.File && (!source.Embedded || problem.Line >= source.Location.Line)
			if inText || problem.Location == source.Location {
				reason = strings.TrimSpace(problem.Error())
				break
			}
		}
		p.failed = append(p.failed, ownership.PolicyStatus{Name: source.Name, Error: reason})
	}
}
