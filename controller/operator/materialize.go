package operator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

const (
	// labelMaterialized names the source that an Area was made for, annotationMaterialized what of it.
	labelMaterialized      = v1alpha1.Group + "/materialized-by"
	annotationMaterialized = v1alpha1.Group + "/materialized-from"
	// maxMaterialized bounds how many Areas one pass makes.
	maxMaterialized = 100
)

// materializer makes Areas of what sources discover, where they ask for it. It makes objects and never changes or deletes
// one: from then on an Area is people's.
type materializer struct {
	client  client.Client
	options Options
	texts   texts
	// labels gives those of a namespace, as grants need them; a namespace that is not there has none.
	labels func(context.Context) func(string) (map[string]string, bool)
	log    *slog.Logger
}

// act makes Areas, and says whether there are more to make.
func (m *materializer) act(ctx context.Context, wanted []*v1alpha1.Area) (more bool, err error) {
	if len(wanted) == 0 || m.options.MaxMode == ownership.Observe {
		return false, nil
	}
	if why := m.texts.stopped(ctx, m.options.Stop); why != "" {
		return false, nil
	}
	var errs []error
	for i, area := range wanted {
		if i == maxMaterialized {
			return true, errors.Join(errs...)
		}
		err := m.client.Create(ctx, area)
		switch {
		case err == nil:
			m.log.Info("made an Area", "area", area.Namespace+"/"+area.Name, "from", area.Annotations[annotationMaterialized])
		case apierrors.IsAlreadyExists(err): // the cache does not show it yet
		default:
			errs = append(errs, fmt.Errorf("making the Area %s/%s: %w", area.Namespace, area.Name, err))
		}
	}
	return false, errors.Join(errs...)
}

// wanted are the Areas to make; the status of a source says why others are not made. An Area that no grant gives what it is of would be
// stalled, and would take that out of the discovered areas:
//
//	the namespace that they are to be in        what is discovered
//	is the controller's own                     made
//	is not there                                not made
//	is another, and a grant gives it            made
//	is another, and no grant gives it           not made
func (m *materializer) wanted(ctx context.Context, declared *declared, outcome *engine.Outcome, said map[subject]said) (wanted []*v1alpha1.Area) {
	labels := m.labels(ctx)
	bySource := missingAreas(declared, outcome)
	for _, name := range slices.Sorted(maps.Keys(bySource)) {
		areas := bySource[name]
		namespace := areas[0].Namespace
		problem := ownership.Problem{Field: "spec.materialize.namespace", Warning: true}
		given := m.given(declared, areas, labels)
		if _, is := labels(namespace); !is {
			given = nil
			problem.Message = fmt.Sprintf("there is no namespace %q, so that nothing is made an Area", namespace)
			problem.Remedy = "create it, or name another"
		} else if denied := len(areas) - len(given); denied > 0 {
			problem.Message = fmt.Sprintf("%s no Area, since no grant gives that to the namespace %q", counted(denied, "thing that is discovered becomes", "things that are discovered become"), namespace)
			problem.Remedy = fmt.Sprintf("add a grant to that namespace to spec.grants of an OwnershipSource, or materialize into %q", m.options.Namespace)
		}
		if problem.Message != "" {
			warn(said[subject{"OwnershipSource", types.NamespacedName{Name: name}}].common(), []ownership.Problem{problem})
		}
		wanted = append(wanted, given...)
	}
	return wanted
}

// given are those of new Areas of one namespace that could claim what they are of.
func (m *materializer) given(declared *declared, areas []*v1alpha1.Area, labels func(string) (map[string]string, bool)) []*v1alpha1.Area {
	if areas[0].Namespace == m.options.Namespace {
		return areas
	}
	set, _ := manifest.Objects{Areas: areas, Sources: declared.objects.Sources, Roles: declared.objects.Roles}.Assemble()
	granted := grant.Apply(set, grant.Input{OwnNamespace: m.options.Namespace, NamespaceLabels: labels}).Set
	return slices.DeleteFunc(slices.Clone(areas), func(area *v1alpha1.Area) bool {
		_, broken := granted.Broken[manifest.AreaID(area)]
		return broken
	})
}

// missingAreas are the Areas that could be made, by source: of each repository or namespace that a source with `materialize` sees, that no Area
// claims any part of, and that has no object of that name already. What is unknown makes none.
func missingAreas(declared *declared, outcome *engine.Outcome) map[string][]*v1alpha1.Area {
	asks := func(source *v1alpha1.OwnershipSource) bool { return source.Spec.Materialize != nil }
	if !slices.ContainsFunc(declared.objects.Sources, asks) {
		return nil
	}
	virtual := map[ownership.AreaID]bool{}
	for i := range outcome.Areas {
		virtual[outcome.Areas[i].ID] = outcome.Areas[i].Virtual
	}
	observed := map[string]*snapshot.Source{}
	for i := range outcome.Snapshot.Sources {
		observed[outcome.Snapshot.Sources[i].Name] = &outcome.Snapshot.Sources[i]
	}
	wanted := map[string][]*v1alpha1.Area{}
	for _, source := range declared.objects.Sources {
		seen := observed[source.Name]
		if source.Spec.Materialize == nil || source.Spec.Suspend || seen == nil || seen.Observation.Unknown != "" {
			continue
		}
		for _, made := range discovered(source, seen) {
			id := ownership.AreaID(made.Annotations[annotationMaterialized])
			_, exists := declared.seen[subject{"Area", types.NamespacedName{Namespace: made.Namespace, Name: made.Name}}]
			if virtual[id] && !exists {
				wanted[source.Name] = append(wanted[source.Name], made)
			}
		}
	}
	return wanted
}

// discovered are the Areas of all that a source sees.
func discovered(source *v1alpha1.OwnershipSource, seen *snapshot.Source) []*v1alpha1.Area {
	var areas []*v1alpha1.Area
	add := func(id ownership.AreaID, name, what string, scope v1alpha1.Scope) {
		areas = append(areas, &v1alpha1.Area{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: source.Spec.Materialize.Namespace, Name: objectName(name, string(id)),
				Labels: map[string]string{labelMaterialized: labelValue(source.Name)}, Annotations: map[string]string{annotationMaterialized: string(id)},
			},
			Spec: v1alpha1.AreaSpec{
				Description: boundedTo("Made by Remit for the "+what+", which no other Area claims. Say who answers for it.", v1alpha1.MaxMessageBytes), Scope: scope,
			},
		})
	}
	for _, repository := range seen.Observation.Repositories {
		if repository.Known() {
			add(ownership.RepositoryArea(repository.ID), repository.ID, "repository "+repository.ID,
				v1alpha1.Scope{Repositories: []v1alpha1.RepositoryScope{{Name: repository.ID}}})
		}
	}
	for i := range seen.Observation.Namespaces {
		if namespace := &seen.Observation.Namespaces[i]; namespace.Known() {
			add(ownership.NamespaceArea(namespace.Name), namespace.Name, "namespace "+namespace.Name,
				v1alpha1.Scope{Namespaces: []v1alpha1.NamespaceScope{{Name: namespace.Name}}})
		}
	}
	return areas
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// objectName is a name that people recognise and no other thing has: "acme/shop" and "acme-shop" must not be one object.
func objectName(name, id string) string {
	const longest = 200
	sum := sha256.Sum256([]byte(id))
	text := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.Trim(text[:min(len(text), longest)]+"-"+hex.EncodeToString(sum[:])[:8], "-")
}

// labelValue is a name as a label may have it.
func labelValue(name string) string {
	const longest = 63
	return strings.Trim(name[:min(len(name), longest)], "-.")
}
