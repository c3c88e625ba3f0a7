package record

import (
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// validate checks what those who read manifests and sources see to, and what the engine relies on:
//
//	the files of a repository are sorted             they are searched by halves
//	the places of an object's fields are sorted      likewise
//	parents of areas end, or the area is broken      they are followed to their end
func validate(p *parts) error {
	for _, source := range p.Input.Sources {
		for _, repository := range source.Observation.Repositories {
			if !slices.IsSorted(repository.Files.Paths) {
				return fmt.Errorf("%w: the files of %s are not in order", errDamaged, repository.ID)
			}
		}
	}
	if p.Input.Manifests == nil {
		return nil
	}
	return validateParents(p.Input.Manifests)
}

// validateParents follows the parents of each area, each area once.
func validateParents(set *manifest.Set) error {
	parents := make(map[ownership.AreaID]ownership.AreaID, len(set.Areas))
	for i := range set.Areas {
		value := &set.Areas[i].Value
		if value.Spec.Parent != "" && set.Broken[manifest.AreaID(value)].Declares() {
			parents[manifest.AreaID(value)] = ownership.DeclaredArea(value.Namespace, value.Spec.Parent)
		}
	}
	ends := make(map[ownership.AreaID]bool, len(parents))
	for area := range parents {
		var way []ownership.AreaID
		on := map[ownership.AreaID]bool{}
		for at, has := area, true; has && !ends[at]; at, has = parents[at], parents[at] != "" {
			if on[at] {
				return fmt.Errorf("%w: the parents of the area %s form a cycle", errDamaged, at)
			}
			on[at] = true
			way = append(way, at)
		}
		for _, at := range way {
			ends[at] = true
		}
	}
	return nil
}
