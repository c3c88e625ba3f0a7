package engine

import (
	"cmp"
	"slices"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/policies"

	"github.com/remit-dev/remit/controller/ownership"
)

// lostPolicy is an instance that may declare, and cannot be asked: its manifest or its Rego has errors.
//
//	lost                                          may declare
//	its text is known                             if the word stands in it
//	its text is that of the library               if the word stands in that one
//	its text is in no policy of the library       no
//	its text could not be read                    yes
type lostPolicy struct {
	name string // empty for those that may stand in what cannot be read
	why  string
	settings
}

// findLost finds the instances that may declare and were not compiled. The sources are those that were to be.
func (p *Policies) findLost(manifests *manifest.Set, sources []policy.Source) {
	for _, object := range manifests.Policies {
		spec := object.Value.Spec
		at := slices.IndexFunc(sources, func(source policy.Source) bool { return source.Name == object.Value.Name })
		_, compiled := p.Digest(object.Value.Name)
		declares := false
		switch {
		case compiled || spec.Suspend:
		case at >= 0:
			declares = manifest.MayDeclare(sources[at].Text)
		default:
			declares = spec.RegoFile != "" || spec.RegoConfigMap != nil || manifest.MayDeclare([]byte(spec.Rego)) || libraryDeclares(spec.Library)
		}
		if declares {
			p.addLost(object.Value.Name, itHasErrors(object.Value.Name), spec.Match)
		}
	}
	for _, lost := range manifests.Lost {
		if lost.Kind == "ResponsibilityPolicy" && (lost.Declares || libraryDeclares(lost.Library)) {
			why := itHasErrors(lost.Name)
			if lost.Name == "" {
				why = "what stands in " + lost.Location.String() + " cannot be read"
			}
			p.addLost(lost.Name, why, lost.Match)
		}
	}
}

func itHasErrors(name string) string {
	return "what policy " + name + " declares is unknown: it has errors"
}

func (p *Policies) addLost(name, why string, match *v1alpha1.PolicyMatch) {
	set, err := selecting(match)
	if err != nil {
		set = settings{} // which is for all areas
	}
	p.lost = append(p.lost, lostPolicy{name, why, set})
}

func libraryDeclares(name string) bool {
	_, text, err := policies.Text(name)
	return err == nil && manifest.MayDeclare(text)
}

func (p *Policies) isLost(name string) bool {
	return slices.ContainsFunc(p.lost, func(lost lostPolicy) bool { return lost.name == name })
}

// orphan is what an instance that is lost declared when it last could be asked.
type orphan struct {
	digest   policy.Digest
	declared map[ownership.AreaID][]policy.Declared
}

// orphans takes over what the policies declared that are lost now. One that is there again as it was goes on with what it
// declared.
func (p *pass) orphans() map[string]orphan {
	orphans := map[string]orphan{}
	for key, declared := range p.in.Kept {
		if !p.in.Policies.isLost(key.Policy) {
			continue
		}
		if orphans[key.Policy].declared == nil {
			orphans[key.Policy] = orphan{key.Digest, map[ownership.AreaID][]policy.Declared{}}
		}
		orphans[key.Policy].declared[key.Area] = declared
	}
	return orphans
}

// declaredByLost adds what lost policies declared last to what others declare.
func (p *pass) declaredByLost(declarations declared) {
	for _, lost := range p.in.Policies.lost {
		for _, area := range p.snapshot.Areas {
			if !lost.applies(area) {
				continue
			}
			last, keeps := p.orphaned[lost.name].declared[area.ID]
			p.doubt(area.ID, lost.why, keeps)
			for _, d := range last {
				p.add(declarations, d)
			}
		}
	}
}

// doubt notes why what policies declare of an area may not be whole, and whether what one declared last stands.
func (p *pass) doubt(area ownership.AreaID, why string, keeps bool) {
	p.keeping[area] = keeps && (p.unsure[area] == "" || p.keeping[area])
	p.unsure[area] = cmp.Or(p.unsure[area], why)
}

// applies says whether an instance with the settings is for an area.
func (s settings) applies(area *snapshot.Area) bool { return s.match == nil || s.matches(area) }
