package manifest

import (
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// RoleDefinitions merges a RoleConfiguration, or nil, over ownership.DefaultRoles: of a role that is a default, what
// is given replaces that part of it; other roles follow the defaults in the order given.
func RoleDefinitions(configuration *v1alpha1.RoleConfiguration) []ownership.RoleDefinition {
	definitions := ownership.DefaultRoles()
	if configuration == nil {
		return definitions
	}
	for _, given := range configuration.Spec.Roles {
		i := slices.IndexFunc(definitions, func(d ownership.RoleDefinition) bool { return string(d.Role) == given.Name })
		if i < 0 {
			i = len(definitions)
			definitions = append(definitions, ownership.RoleDefinition{Role: ownership.Role(given.Name)})
		}
		override(&definitions[i], given)
	}
	return definitions
}

func override(definition *ownership.RoleDefinition, given v1alpha1.RoleDefinition) {
	if given.MaxHolders != nil {
		definition.MaxHolders = int(*given.MaxHolders)
	}
	if given.Exclusive != nil {
		definition.Exclusive = *given.Exclusive
	}
	if given.RequiredTiers != nil {
		definition.RequiredTiers = slices.Clone(*given.RequiredTiers)
	}
	if given.ObservableIn != nil {
		definition.ObservableIn = make([]ownership.SourceKind, len(*given.ObservableIn))
		for i, kind := range *given.ObservableIn {
			definition.ObservableIn[i] = ownership.SourceKind(kind)
		}
	}
}

// Placeholders are the holders that count as no owner, in lower case: those of a RoleConfiguration, or
// "team:*/unknown" where it is nil or gives none. "*" stands for any organisation.
func Placeholders(configuration *v1alpha1.RoleConfiguration) []string {
	if configuration == nil || len(configuration.Spec.Placeholders) == 0 {
		return []string{"team:*/unknown"}
	}
	placeholders := make([]string, len(configuration.Spec.Placeholders))
	for i, text := range configuration.Spec.Placeholders {
		placeholders[i] = strings.ToLower(text)
	}
	return placeholders
}
