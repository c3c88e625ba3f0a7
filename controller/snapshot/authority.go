package snapshot

import (
	"path"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// Authority is what a source decides, rather than only informs about.
type Authority struct {
	// Roles are the roles it decides; nil means every role that is observable in its kind.
	Roles []ownership.Role
	// Repositories are patterns of path.Match, such as "acme/*"; nil means all.
	Repositories []string
}

// same says whether both decide the same. That no roles are given is not that none is decided.
func (a Authority) same(b Authority) bool {
	return (a.Roles == nil) == (b.Roles == nil) && (a.Repositories == nil) == (b.Repositories == nil) &&
		slices.Equal(a.Roles, b.Roles) && slices.Equal(a.Repositories, b.Repositories)
}

// Decides says whether a source of this kind decides who holds the role in the repository.
func (a Authority) Decides(kind ownership.SourceKind, role ownership.RoleDefinition, repository string) bool {
	if !slices.Contains(role.ObservableIn, kind) {
		return false
	}
	if a.Roles != nil && !slices.Contains(a.Roles, role.Role) {
		return false
	}
	if a.Repositories == nil {
		return true
	}
	return slices.ContainsFunc(a.Repositories, func(pattern string) bool {
		matched, err := path.Match(pattern, repository)
		return err == nil && matched
	})
}

// Decided says whether some source decides who holds the role in one of the repositories.
func (s *Snapshot) Decided(role ownership.RoleDefinition, repositories []string) bool {
	for _, source := range s.Sources {
		if source.Kind == ownership.SourceKubernetes { // which sees none
			continue
		}
		for _, repository := range repositories {
			if source.Authority.Decides(source.Kind, role, repository) {
				return true
			}
		}
	}
	return false
}
