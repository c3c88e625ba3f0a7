package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// resolver says which holder a group or user of Backstage is.
type resolver struct {
	// given are those of the specification, which go before accounts, the GitHub names that the entities give.
	given    map[ownership.EntityRef]ownership.Holder
	accounts map[ownership.EntityRef]string
	// organisation is that of all teams, or empty for that of each repository.
	organisation string
}

func newResolver(spec v1alpha1.CatalogSource) resolver {
	r := resolver{
		given: map[ownership.EntityRef]ownership.Holder{}, accounts: map[ownership.EntityRef]string{},
		organisation: strings.ToLower(spec.TeamOrganization),
	}
	for _, owner := range spec.Owners {
		ref, err := ownership.ParseEntityRef(owner.Entity, "group", ownership.DefaultEntityNamespace)
		holder, wrong := ownership.ParseHolder(owner.Holder)
		if err == nil && wrong == nil { // the schema has refused others
			r.given[ref] = holder
		}
	}
	return r
}

// holder finds whom an entity's owner means.
//
//	spec.catalog.owners names it                  that holder
//	a group with github.com/team-slug             that team
//	a user with github.com/user-login             that person
//	another group                                 the team of that name, of the organisation
//	another user                                  the person of that name, or of that login
//
// The namespace of a group or user makes no difference in the last two.
func (r resolver) holder(ref ownership.EntityRef, repository string) (ownership.Holder, error) {
	if holder, found := r.given[ref]; found {
		return holder, nil
	}
	organisation, _, _ := strings.Cut(repository, "/")
	organisation = cmp.Or(r.organisation, organisation)
	account := cmp.Or(strings.TrimPrefix(r.accounts[ref], "@"), ref.Name())
	if ref.Kind() == "user" {
		return ownership.ParseHolder("user:" + account)
	}
	if !strings.Contains(account, "/") {
		account = organisation + "/" + account
	}
	return ownership.ParseHolder("team:" + account)
}

// resolve gives the entities with their owners' holders; an owner who can be no holder makes the entity's owners unknown.
func (r resolver) resolve(repository string, entities []ownership.Entity) ([]ownership.Entity, []ownership.Problem) {
	var problems []ownership.Problem
	resolved := slices.Clone(entities)
	for i, entity := range resolved {
		owners := make([]ownership.EntityOwner, len(entity.Owners))
		for j, owner := range entity.Owners {
			holder, err := r.holder(owner.Ref, repository)
			if err != nil {
				resolved[i].Unknown = fmt.Sprintf("%s is no holder: %v", owner.Ref, err)
				problems = append(problems, ownership.Problem{
					Location: ownership.Location{Repository: repository, File: entity.File, Line: owner.Line}, Field: "spec.owner",
					Message: resolved[i].Unknown, Remedy: "say in spec.catalog.owners of the source which holder it is",
				})
			}
			owner.Holder = holder
			owners[j] = owner
		}
		if len(owners) > 0 && resolved[i].Known() {
			resolved[i].Owners = owners
		} else {
			resolved[i].Owners = nil
		}
	}
	return resolved, problems
}

// settleDoubles finds entities that stand in several places of a source. A catalog takes one of them, and it is not
// known here which: where they name different owners, nobody knows who owns it.
func settleDoubles(catalogs []ownership.Catalog) []ownership.Problem {
	type place struct{ catalog, entity int }
	first := map[ownership.EntityRef]place{}
	var problems []ownership.Problem
	for i := range catalogs {
		for j := range catalogs[i].Entities {
			entity := &catalogs[i].Entities[j]
			at, twice := first[entity.Ref]
			if !twice {
				first[entity.Ref] = place{i, j}
				continue
			}
			earlier := &catalogs[at.catalog].Entities[at.entity]
			problem := ownership.Problem{
				Location: ownership.Location{Repository: catalogs[i].Repository, File: entity.File, Line: entity.Line},
				Message: fmt.Sprintf("%s stands in %s too", entity.Ref,
					ownership.Location{Repository: catalogs[at.catalog].Repository, File: earlier.File, Line: earlier.Line}),
				Remedy: "remove one of them, or leave it out with spec.catalog.ignore", Warning: true,
			}
			if !sameOwners(*earlier, *entity) {
				problem.Message += ", with other owners, so its owners are not known"
				problem.Warning = false
				for _, both := range []*ownership.Entity{earlier, entity} {
					both.Owners, both.Unknown = nil, cmp.Or(both.Unknown, problem.Message)
				}
			}
			problems = append(problems, problem)
		}
	}
	return problems
}

func sameOwners(a, b ownership.Entity) bool {
	return a.Unknown == b.Unknown && slices.EqualFunc(a.Owners, b.Owners, func(a, b ownership.EntityOwner) bool { return a.Holder == b.Holder })
}
