package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// labelled derives the changes of namespaces' labels, by what a namespace shows and its area declares:
//
//	declared   the namespace names           drift                    change
//	somebody   one of them                   any                      none
//	somebody   another, or nobody            missing, or unexpected   set-label; who was named loses the role
//	nobody     somebody                      unexpected               remove-label
//	nobody     somebody                      none                     none: more may be named than is declared
//
// A workload's own labels are nobody's to write but its owners': what they say stays open. Only a source that decides
// is changed, and only by its writeLabel; where a stronger key names the owner, that label would change nothing, and the
// change is held.
func (p *planner) labelled() []*candidate {
	var found []*candidate
	type label struct{ namespace, key string }
	taken := map[label]bool{}
	if !p.wantsLabels() {
		return nil
	}
	for _, namespace := range p.snapshot.Labelled() {
		at, judged := p.index[namespace.Area]
		key := label{namespace.Facts.Name, namespace.Source.Observation.Labelling.WriteLabel}
		if !judged || taken[key] {
			continue
		}
		l := labelling{planner: p, namespace: namespace, area: &p.areas[at], drift: p.drift[at], of: &namespace.Source.Observation.Labelling}
		if c := l.candidate(); c != nil {
			taken[key] = true
			found = append(found, c)
		}
	}
	return found
}

// wantsLabels says whether any area with objects in a cluster has drift.
func (p *planner) wantsLabels() bool {
	for i := range p.areas {
		if len(p.areas[i].Extents) > 0 && len(p.drift[i]) > 0 {
			return true
		}
	}
	return false
}

// labelling derives the change of one namespace's label.
type labelling struct {
	planner   *planner
	namespace snapshot.Labelled
	area      *drift.Area
	drift     []ownership.Drift
	of        *ownership.Labelling
	// shown is whom the namespace names; empty where it names nobody.
	shown ownership.Holder
}

func (l *labelling) candidate() *candidate {
	decides := slices.ContainsFunc(l.area.Extents, func(e snapshot.ClusterExtent) bool {
		return e.Source == l.namespace.Source.Name && e.Role == l.of.Role && e.Authoritative
	})
	owners := l.namespace.Facts.Owners
	if !decides || len(owners) > 0 && owners[0].Unknown != "" {
		return nil
	}
	if len(owners) > 0 {
		l.shown = l.planner.snapshot.People.Named(owners[0].Holder)
	}
	declared := l.area.Declared.Of(l.of.Role)
	if slices.ContainsFunc(declared, func(d ownership.Declaration) bool { return d.Holder == l.shown }) {
		return nil
	}
	unexpected := l.find(ownership.Unexpected, l.shown)
	named, some := drift.NamedInCluster(declared)
	if !some {
		if unexpected == nil {
			return nil
		}
		return l.remove(unexpected)
	}
	why := l.find(ownership.Missing, named.Holder)
	if why == nil {
		why = unexpected
	}
	if why == nil || l.planner.snapshot.People.Standing(named.Holder).Status == snapshot.Dead { // nobody would answer then
		return nil
	}
	return l.set(named.Holder, why)
}

func (l *labelling) find(kind ownership.DriftKind, holder ownership.Holder) *ownership.Drift {
	for i := range l.drift {
		if d := &l.drift[i]; d.Kind == kind && d.Role == l.of.Role && d.Holder == holder {
			return d
		}
	}
	return nil
}

// begin begins a candidate.
func (l *labelling) begin(operation ownership.Operation, why *ownership.Drift) *candidate {
	return &candidate{
		Change: ownership.Change{
			Target: ownership.TargetKubernetes, Operation: operation, Namespace: l.namespace.Facts.Name, Key: l.of.WriteLabel,
			Before: l.namespace.Facts.Labels[l.of.WriteLabel], Owners: []string{}, Area: l.area.ID, Role: l.of.Role,
			Drift: why.Kind, Reason: why.Message, Reversible: true,
			Mode: ownership.LeastMode(l.area.Mode, l.namespace.Source.Mode),
		},
		areas: []ownership.AreaID{l.area.ID}, unknown: roleUnknown(l.area, l.of.Role),
	}
}

func (l *labelling) set(holder ownership.Holder, why *ownership.Drift) *candidate {
	c := l.begin(ownership.SetLabel, why)
	c.Holders = []ownership.Holder{holder}
	c.Mode = least(c.Mode, declaredMode(l.area, l.of.Role, holder))
	if l.shown != "" {
		c.Removal, c.loses, c.Holders = true, []ownership.Holder{l.shown}, []ownership.Holder{holder, l.shown}
		slices.Sort(c.Holders)
	}
	if standing := l.planner.snapshot.People.Standing(holder); standing.Status == snapshot.Doubtful && c.unknown == "" {
		c.unknown = standing.Message
	}
	people := l.planner.snapshot.People
	value, err := l.of.Value(holder, func(a, b ownership.Holder) bool { return people.Named(a) == people.Named(b) })
	if c.After = value; value != "" {
		c.Owners = []string{value}
	}
	switch stronger := l.stronger(); {
	case stronger != "":
		c.brake, c.because = ownership.BrakeInexpressible, stronger
	case err != nil:
		c.brake, c.because = ownership.BrakeInexpressible, fmt.Sprintf("%v; say in spec.kubernetes.owners of the OwnershipSource %s by which name, or write the annotation %s by hand",
			err, l.namespace.Source.Name, l.of.Keys[0])
	}
	return c
}

func (l *labelling) remove(why *ownership.Drift) *candidate {
	c := l.begin(ownership.RemoveLabel, why)
	c.Holders, c.loses, c.Removal = []ownership.Holder{l.shown}, []ownership.Holder{l.shown}, true
	if c.Before != "" {
		c.Owners = []string{c.Before}
	}
	owners := l.namespace.Facts.Owners
	isLabel := func(o ownership.NamedOwner) bool { return o.Key == l.of.WriteLabel && !o.Annotation }
	switch stronger := l.stronger(); {
	case stronger != "":
		c.brake, c.because = ownership.BrakeInexpressible, stronger
	case !isLabel(owners[0]):
		c.brake, c.because = ownership.BrakeInexpressible, fmt.Sprintf("the %s of namespace %s names %s, and Remit writes the label %s alone; take it away by hand",
			owners[0].Place(), c.Namespace, l.shown, c.Key)
	case len(owners) > 1 && l.planner.snapshot.People.Named(owners[1].Holder) == l.shown:
		c.brake, c.because = ownership.BrakeInexpressible, fmt.Sprintf("the %s of namespace %s names %s as well, and Remit writes the label %s alone; take it away by hand first",
			owners[1].Place(), c.Namespace, l.shown, c.Key)
	}
	return c
}

// stronger says that another key of the namespace decides, whatever the label says; empty where none does.
func (l *labelling) stronger() string {
	owners := l.namespace.Facts.Owners
	if len(owners) == 0 || slices.Index(l.of.Keys, owners[0].Key) > slices.Index(l.of.Keys, l.of.WriteLabel) ||
		owners[0].Key == l.of.WriteLabel && !owners[0].Annotation {
		return ""
	}
	return fmt.Sprintf("the %s of namespace %s is %q, which counts before the label %s; change that by hand",
		owners[0].Place(), l.namespace.Facts.Name, owners[0].Value, l.of.WriteLabel)
}

// roleUnknown says why it is not known whole who is declared in a role of the area, or who is observed.
func roleUnknown(area *drift.Area, role ownership.Role) string {
	switch {
	case area.Stalled != "":
		return fmt.Sprintf("%s is stalled: %s", area.ID, area.Stalled)
	case area.Undeclared != "":
		return fmt.Sprintf("what %s declares is unknown: %s", area.ID, area.Undeclared)
	case area.UnknownDeclarations(role) != "":
		return fmt.Sprintf("who is declared %s of %s is unknown: %s", role, area.ID, area.UnknownDeclarations(role))
	case area.UnknownRoles[role] != "":
		return fmt.Sprintf("who is %s of %s is unknown: %s", role, area.ID, area.UnknownRoles[role])
	}
	return ""
}

// OwnersDigest is what a change of a label rests on: the SHA-256, in hexadecimal, over all annotations and labels of an object
// that name an owner, in their order. What else is edited of the object makes no difference.
func OwnersDigest(owners []ownership.NamedOwner) string {
	sum := sha256.New()
	for _, owner := range owners {
		fmt.Fprintf(sum, "%q=%q\n", owner.Place(), owner.Value)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Owners are the annotations and labels of a namespace that name an owner, as they were observed: what a change of its label rests
// on. The zero value is of a namespace that was not observed.
type Owners struct {
	labelling *ownership.Labelling
	digest    string
}

// OwnersOf are those of the namespace that a change is to.
func OwnersOf(s *snapshot.Snapshot, change ownership.Change) Owners {
	source, facts := labelSource(s, change.Namespace, change.Key)
	if facts == nil {
		return Owners{}
	}
	return Owners{&source.Observation.Labelling, OwnersDigest(facts.Owners)}
}

// Same says whether a namespace with these annotations and labels still names its owners so.
func (o Owners) Same(annotations, labels map[string]string) bool {
	return o.labelling != nil && OwnersDigest(o.labelling.Read(annotations, labels)) == o.digest
}

// labelSource is the source that sees a namespace and writes the label; nil where none does.
func labelSource(s *snapshot.Snapshot, namespace, key string) (*snapshot.Source, *ownership.Namespace) {
	for i := range s.Sources {
		source := &s.Sources[i]
		if source.Kind != ownership.SourceKubernetes || source.Observation.Labelling.WriteLabel != key {
			continue
		}
		for j := range source.Observation.Namespaces {
			if facts := &source.Observation.Namespaces[j]; facts.Name == namespace {
				return source, facts
			}
		}
	}
	return nil, nil
}
