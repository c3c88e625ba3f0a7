package record

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

func newReplacer(d *redactor, folders []string) *strings.Replacer {
	// The longest first: strings.Replacer takes the first that fits.
	slices.SortFunc(folders, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	var pairs []string
	for _, folder := range folders {
		pairs = append(pairs, folder, "redacted-"+d.short("folder", folder)[:6])
	}
	return strings.NewReplacer(pairs...)
}

// placeholders are the patterns of holders that count as nobody. One for people becomes the list of those who are
// meant, since a pseudonym fits no pattern.
func (d *redactor) placeholders(p *parts) []string {
	if p.Input.Manifests == nil || p.Input.Manifests.Roles == nil {
		return nil
	}
	var list []string
	for _, pattern := range p.Input.Manifests.Roles.Value.Spec.Placeholders {
		name, is := user(pattern)
		switch {
		case !is:
			list = append(list, d.plain(pattern))
		case name == "*":
			list = append(list, pattern)
		default:
			for login := range d.known.logins {
				if matched, err := path.Match(strings.ToLower(pattern), userHolder(login)); err == nil && matched {
					list = append(list, userHolder(d.person(login)))
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// tidy takes out what the order and the places of things would tell, and brings into order what must be sorted.
func (d *redactor) tidy(p *parts) {
	for i := range p.Input.Sources {
		observation := &p.Input.Sources[i].Observation
		for j := range observation.People {
			person := &observation.People[j]
			slices.Sort(person.Emails)
			person.Location = lineSuffix.ReplaceAllString(person.Location, "")
		}
		slices.SortStableFunc(observation.People, func(a, b ownership.Person) int { return strings.Compare(a.ID, b.ID) })
		for j := range observation.Teams {
			slices.Sort(observation.Teams[j].Members)
			slices.Sort(observation.Teams[j].Maintainers)
		}
		for j := range observation.Repositories {
			slices.Sort(observation.Repositories[j].Files.Paths)
		}
	}
	if p.Input.Manifests == nil {
		return
	}
	set := p.Input.Manifests
	tidyObjects(set.Areas)
	tidyObjects(set.RoleAssignments)
	tidyObjects(set.Teams)
	tidyObjects(set.Policies)
	tidyObjects(set.Sources)
	if set.Roles != nil {
		roles := []manifest.Object[v1alpha1.RoleConfiguration]{*set.Roles}
		tidyObjects(roles)
		*set.Roles = roles[0]
	}
}

// tidyObjects keeps the places of fields that every object of a kind can have. The others are known by hashes of keys of
// the author's own, such as labels, which could be guessed.
func tidyObjects[T any](objects []manifest.Object[T]) {
	safe := fieldHashes()
	for i, object := range objects {
		var places []manifest.Place
		for _, place := range object.Places() {
			if safe[place.Hash] {
				places = append(places, place)
			}
		}
		objects[i] = manifest.Restore(object.Value, object.Location, object.Dir, places)
	}
}

// fieldHashes are those of the fields that problems and declarations point at.
func fieldHashes() map[uint64]bool {
	safe := map[uint64]bool{}
	for _, field := range []string{
		"metadata", "metadata.name", "metadata.namespace", "spec", "spec.parent", "spec.roles", "spec.scope", "spec.area",
		"spec.id", "spec.role", "spec.holders", "spec.library", "spec.rego", "spec.rego|", "spec.regoFile", "spec.match",
		"spec.match.areas", "spec.parameters", "spec.exemptions", "spec.git", "spec.git.path", "spec.people",
		"spec.people.path", "spec.catalog", "spec.catalog.path", "spec.scope.repositories", "spec.authoritative",
	} {
		safe[manifest.FieldHash(field)] = true
	}
	const most = 500 // exemptions, of which there can be the most
	for i := range most {
		for _, field := range []string{
			"spec.roles[%d]", "spec.roles[%d].holders", "spec.scope.repositories[%d]", "spec.scope.repositories[%d].paths",
			"spec.exemptions[%d]", "spec.exemptions[%d].subject", "spec.exemptions[%d].expires", "spec.holders[%d]",
		} {
			safe[manifest.FieldHash(fmt.Sprintf(field, i))] = true
		}
	}
	return safe
}
