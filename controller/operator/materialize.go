package operator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
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
	log     *slog.Logger
}

// act makes the Areas that are missing, and says whether there are more to make.
func (m *materializer) act(ctx context.Context, declared *declared, outcome *engine.Outcome) (more bool, err error) {
	wanted := missingAreas(declared, outcome)
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

// missingAreas are the Areas to make: of each repository or namespace that a source with `materialize` sees, that no Area
// claims any part of, and that has no object of that name already. What is unknown makes none.
func missingAreas(declared *declared, outcome *engine.Outcome) []*v1alpha1.Area {
	virtual := map[ownership.AreaID]bool{}
	for i := range outcome.Areas {
		virtual[outcome.Areas[i].ID] = outcome.Areas[i].Virtual
	}
	observed := map[string]*snapshot.Source{}
	for i := range outcome.Snapshot.Sources {
		observed[outcome.Snapshot.Sources[i].Name] = &outcome.Snapshot.Sources[i]
	}
	var wanted []*v1alpha1.Area
	for _, source := range declared.objects.Sources {
		seen := observed[source.Name]
		if source.Spec.Materialize == nil || source.Spec.Suspend || seen == nil || seen.Observation.Unknown != "" {
			continue
		}
		for _, made := range discovered(source, seen) {
			id := ownership.AreaID(made.Annotations[annotationMaterialized])
			_, exists := declared.seen[subject{"Area", types.NamespacedName{Namespace: made.Namespace, Name: made.Name}}]
			if virtual[id] && !exists {
				wanted = append(wanted, made)
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
