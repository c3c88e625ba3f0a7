package engine

import (
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Declaring is what one policy rests on, and declared, of one area.
type Declaring struct {
	Reading
	// Declared is what it declared, or, where it could not tell, what it declared when it last could.
	Declared []policy.Declared
}

// Declarings are what policies read to declare who holds what in an area.
func (o *Outcome) Declarings(area ownership.AreaID) []Declaring {
	book := o.memory.declaring
	page := book.pages[string(area)]
	if page == nil {
		return nil
	}
	var declarings []Declaring
	for _, instance := range o.memory.in.Policies.set.Policies() {
		for at, key := range book.instances[instance.Subject] {
			if key.name != instance.Name || !page.verdicts[at].asked {
				continue
			}
			declaring := Declaring{Reading: o.memory.reading(instance, page.verdicts[at])}
			declaring.Input = instance.DeclareInputs
			if said := page.verdicts[at].said; said != nil {
				declaring.Declared = said.declared
			}
			declarings = append(declarings, declaring)
		}
	}
	return declarings
}

// Layers are the layers out of which the declarations of an area's role were merged, the highest first; some have none.
// An area that was not judged has no layers.
func (o *Outcome) Layers(area ownership.AreaID, role ownership.Role) []snapshot.LayerHolders {
	merged := o.memory.barrier.merged[area]
	if merged == nil {
		return nil
	}
	var inherited []ownership.Declaration
	if merged.parent != nil {
		inherited = merged.parent.declared.Of(role)
	}
	return o.memory.barrier.layers(merged.manifest, role, inherited)
}

// Manifests are those that the pass was made of.
func (o *Outcome) Manifests() *manifest.Set { return o.memory.in.Manifests }
