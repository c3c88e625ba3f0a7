package manifest

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// salvage takes of an Area with errors what it can be known and counted by: its name, its tier, and what it claims, so
// that a slip in a manifest neither makes the area disappear nor gives its files to another one. Whom it names is not
// taken: half of the holders could be read as all of them. It gives nil where the name itself is wrong.
func salvage(value map[string]any, from origin) *Object[v1alpha1.Area] {
	object := Object[v1alpha1.Area]{Location: from.location, Dir: from.dir, root: from.root, fields: from.fields}
	object.Value.Namespace, object.Value.Name = nameIn(value)
	if len(validation.IsDNS1123Subdomain(object.Value.Name)) > 0 || len(validation.IsDNS1123Label(object.Value.Namespace)) > 0 {
		return nil
	}
	spec, _ := value["spec"].(map[string]any)
	if tier, _ := spec["tier"].(string); len(validation.IsValidLabelValue(tier)) == 0 {
		object.Value.Spec.Tier = tier
	}
	suspend, isBool := spec["suspend"].(bool)
	object.Value.Spec.Suspend = suspend || spec["suspend"] != nil && !isBool // whoever writes it wants to hear nothing of the area
	scope, _ := spec["scope"].(map[string]any)
	repositories, _ := scope["repositories"].([]any)
	for _, each := range repositories {
		repository, _ := each.(map[string]any)
		name, _ := repository["name"].(string)
		paths, ok := texts(repository["paths"])
		if name != "" && ok { // without its paths, a scope would be the whole repository
			object.Value.Spec.Scope.Repositories = append(object.Value.Spec.Scope.Repositories,
				v1alpha1.RepositoryScope{Name: name, Paths: paths})
		}
	}
	if entities, ok := texts(scope["entities"]); ok {
		object.Value.Spec.Scope.Entities = entities
	}
	if namespaces, ok := namespaceScopes(scope["namespaces"]); ok {
		object.Value.Spec.Scope.Namespaces = namespaces
	}
	return &object
}

// texts reads a list of texts, which may be absent; ok is false for anything else.
func texts(value any) (list []string, ok bool) {
	if value == nil {
		return nil, true
	}
	items, ok := value.([]any)
	for _, item := range items {
		text, is := item.(string)
		if !is {
			return nil, false
		}
		list = append(list, text)
	}
	return list, ok
}

// namespaceScopes reads a list of claims to namespaces, which may be absent; ok is false for anything else, and where one of
// them is not whole: half of a claim could be read as a larger one.
func namespaceScopes(value any) (list []v1alpha1.NamespaceScope, ok bool) {
	items, ok := value.([]any)
	if !ok {
		return nil, value == nil
	}
	for _, item := range items {
		fields, is := item.(map[string]any)
		var scope v1alpha1.NamespaceScope
		if !is || runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(fields, &scope, true) != nil {
			return nil, false
		}
		if checkSelectors(placedSelector{nil, scope.Selector}, placedSelector{nil, scope.Workloads}) != nil {
			return nil, false
		}
		empty := scope.Selector == nil || len(scope.Selector.MatchLabels)+len(scope.Selector.MatchExpressions) == 0
		if (scope.Name != "") != empty || len(validation.IsDNS1123Label(scope.Name)) > 0 && scope.Name != "" {
			return nil, false
		}
		list = append(list, scope)
	}
	return list, true
}

// addInvalidAreas adds what was salvaged of Areas with errors, unless a sound one has the name. It comes last: nothing
// may be declared through them.
func (a *assembler) addInvalidAreas(entries []entry) {
	for _, e := range entries {
		if e.salvaged == nil {
			continue
		}
		id := AreaID(&e.salvaged.Value)
		if _, known := a.areas[id]; known {
			continue
		}
		a.areas[id] = len(a.set.Areas)
		a.set.Areas = append(a.set.Areas, *e.salvaged)
		a.set.Broken[id] = Broken{Reason: ReasonInvalid, Problem: ownership.Problem{
			Location: e.location, Message: "its manifest has errors, at " + e.location.String(), Remedy: "correct them",
		}}
	}
}
