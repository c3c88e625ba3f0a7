package snapshot

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// Reasons why an area is stalled: it cannot be judged until somebody changes its manifest or its sources.
const (
	// ScopeConflict: another area claims the same files just as specifically.
	ScopeConflict = "ScopeConflict"
	// ScopeNotFound: a declared repository was not observed. It may exist; the sources cannot see it.
	ScopeNotFound = "ScopeNotFound"
	// ScopeUnknown: another area may claim the same files just as specifically; what would tell cannot be read.
	ScopeUnknown = "ScopeUnknown"
	// InvalidPath: a path in the scope is not a valid pattern.
	InvalidPath = "InvalidPath"
	// SelectorInvalid: a selector of namespaces or workloads is none.
	SelectorInvalid = manifest.ReasonSelectorInvalid
)

// AreaManifest is what manifests say of an area, whatever is observed.
type AreaManifest struct {
	ID          ownership.AreaID
	Namespace   string
	Name        string
	Description string
	Tier        string
	Labels      map[string]string
	Location    ownership.Location
	// Parent is nil for an area without one, or whose parent is broken.
	Parent    *AreaManifest
	Virtual   bool
	Suspended bool
	// Mode is how far Remit may go in closing the area's drift: its own, or else that of the nearest ancestor.
	Mode ownership.Mode
	// Undeclared says why it is not known what the area declares or inherits: its manifest, or that of its parent,
	// has errors.
	Undeclared string
	// Unread says why the manifest could not be read whole: its name alone is known for sure. UnreadScope says so of its scope;
	// what else could be read of that stands here all the same.
	Unread      string
	UnreadScope string
	// Repositories in scope, sorted.
	Repositories []string
	// Layers are the declared holders by role, of RoleAssignments in force and of the Area.
	Layers ownership.Assignments[LayerHolders]
	// Ended says, by role, which RoleAssignment was in force last and until when.
	Ended map[ownership.Role]string

	// broken says what is wrong with the manifest that keeps the area from being judged, as Area.Stalled does.
	broken string
	// mayBeNone says why there may be no such area.
	mayBeNone string
	scope     []v1alpha1.RepositoryScope
	// namespaces are the claims to the cluster's namespaces and workloads.
	namespaces []v1alpha1.NamespaceScope
	parent     string
	// unassigned says, by role ("" for any), which RoleAssignment could not be read.
	unassigned map[ownership.Role]string
	// named are the catalog entities that the area names.
	named []ownership.EntityRef
	// granted is what grants leave to areas; nil where there are none, and for virtual areas.
	granted *manifest.Granted
}

// MaySelect says whether the area may claim a namespace by its labels; unknown says why that is not known. A claim by
// name is not asked about: what no grant gives of these is not in the manifests any more.
func (a *AreaManifest) MaySelect(namespace string) (may bool, unknown string) {
	return a.granted.MaySelect(a.Namespace, namespace)
}

// MayBeNone says why there may be no such area: it is made of what no Area seems to claim, and one may that cannot be read; or
// it cannot be read whether it is suspended. Empty means that there is.
func (a *AreaManifest) MayBeNone() string { return a.mayBeNone }

// Inherits says whether the area may inherit a holder from its parents, as far as grants go.
func (a *AreaManifest) Inherits(role ownership.Role, holder ownership.Holder) bool {
	return a.granted.Inherits(a.ID, role, holder)
}

// Area is one area with its observed holders.
type Area struct {
	*AreaManifest
	// Stalled says why the area cannot be judged: one of the reasons above, ParentNotFound or ParentCycle, then a
	// colon and a sentence; empty means that it can be.
	Stalled string
	// Missing are the repositories in scope that no source sees.
	Missing []string

	Coverage     ownership.Coverage
	UnownedFiles []ownership.UnownedFolder
	Observed     ownership.Assignments[ownership.Observed]
	Contributors []Contributor
	Codeowners   []CodeownersProblem
	// UnknownRoles say, by role, why it is not known who is observed in it.
	UnknownRoles map[ownership.Role]string
	// UnknownHistory says why the contributors are not known whole.
	UnknownHistory string
	// Entities are the catalog entities that the area is, sorted; Emeritus are those who approved its files by OWNERS
	// and do no more.
	Entities []ownership.EntityRef
	Emeritus []ownership.Observed
	// Namespaces are those with something of the area, the first 100 by name; MissingNamespaces those that it names and no
	// source sees. Objects is how many namespaces and workloads are the area's, as far as they are known.
	Namespaces        []string
	MissingNamespaces []string
	Objects           int
	// Extents are how much of the area each source of the cluster sees that shows who holds a role.
	Extents []ClusterExtent

	cluster *clusterPart // nil where the area claims nothing of the cluster
	catalog *areaCatalog // nil where no catalog says anything
	// parts are the area's parts in its repositories, in the order of Repositories; nil where one is not observed.
	parts    []*part
	problems []ownership.Problem
}

// Denied says that something which the area claims or declares is not granted, and left out.
func (a *Area) Denied() bool { return strings.HasPrefix(a.Stalled, manifest.ReasonScopeDenied+":") }

// LayerHolders are one layer's holders of a role.
type LayerHolders struct {
	Layer ownership.Layer
	// Add unites them with the lower layers', rather than replacing those.
	Add          bool
	Declarations []ownership.Declaration
}

// Contributor is one author's recent work on the area.
type Contributor struct {
	Holder  ownership.Holder
	Bot     bool
	Commits int
	// Of is the number of all recent commits on the area; Last the time of the author's last one.
	Of   int
	Last time.Time
}

// CodeownersProblem is a problem of a CODEOWNERS file that concerns the area.
type CodeownersProblem struct {
	Repository string
	File       string
	codeowners.Problem
}

// addAreas makes the declared areas and their layers.
func (f *frame) addAreas(people *People) {
	room := make([]AreaManifest, len(f.set().Areas))
	for i, object := range f.set().Areas {
		area := &room[i]
		*area = newArea(object)
		area.granted = f.set().Granted
		by := "area " + string(area.ID)
		for role, holders := range object.Value.Spec.Roles {
			area.addLayer(people, holders, ownership.Declaration{
				Layer: ownership.LayerArea, By: by, Location: object.FieldLocation("spec.roles[" + strconv.Itoa(role) + "]"),
			})
		}
		f.addArea(area)
	}
	for _, object := range f.set().RoleAssignments {
		spec := object.Value.Spec
		area := f.byID[ownership.DeclaredArea(object.Value.Namespace, spec.Area)]
		if area == nil || spec.Suspend {
			continue
		}
		by := "roleassignment " + object.Value.Namespace + "/" + object.Value.Name
		if !inForce(spec, f.in.Now) {
			area.noteEnd(spec, by, f.in.Now)
			continue
		}
		area.addLayer(people, spec.RoleHolders, ownership.Declaration{
			Layer: ownership.LayerRoleAssignment, By: by, Mode: ownership.Mode(spec.Mode), Reason: spec.Reason, Location: object.Location,
		})
	}
	for id, broken := range f.set().Broken {
		area := f.byID[id]
		if area == nil {
			continue
		}
		area.broken = broken.Reason + ": " + broken.Problem.Message
		if broken.Reason == manifest.ReasonScopeDenied { // whoever may grant it is somebody else
			area.broken += "; " + broken.Problem.Remedy
		}
		if !broken.Declares() && !broken.Nobody {
			area.Undeclared = broken.Problem.Message
		}
		if broken.Reason == manifest.ReasonInvalid {
			area.Unread = broken.Problem.Message
		}
	}
}

func newArea(object manifest.Object[v1alpha1.Area]) AreaManifest {
	value := object.Value
	return AreaManifest{
		ID: ownership.DeclaredArea(value.Namespace, value.Name), Namespace: value.Namespace, Name: value.Name,
		Description: value.Spec.Description, Tier: value.Spec.Tier, Labels: value.Labels, Location: object.Location,
		Suspended: value.Spec.Suspend, Mode: ownership.Mode(value.Spec.Mode),
		scope: value.Spec.Scope.Repositories, namespaces: value.Spec.Scope.Namespaces, named: entitiesOf(value.Spec.Scope.Entities), parent: value.Spec.Parent,
	}
}

func (f *frame) addArea(area *AreaManifest) {
	for _, scope := range area.scope {
		area.Repositories = append(area.Repositories, strings.ToLower(scope.Name))
	}
	slices.Sort(area.Repositories)
	area.Repositories = slices.Compact(area.Repositories)
	f.areas = append(f.areas, area)
	f.byID[area.ID] = area
}

// noteEnd remembers an assignment that is over; the last to end counts.
func (a *AreaManifest) noteEnd(spec v1alpha1.RoleAssignmentSpec, by string, now time.Time) {
	if spec.ValidUntil == nil || now.Before(spec.ValidUntil.Time) {
		return
	}
	if a.Ended == nil {
		a.Ended = map[ownership.Role]string{}
	}
	end := fmt.Sprintf("ended on %s (%s)", spec.ValidUntil.UTC().Format(time.DateOnly), by)
	a.Ended[ownership.Role(spec.Role)] = max(a.Ended[ownership.Role(spec.Role)], end)
}

// inForce says whether validFrom <= now < validUntil.
func inForce(spec v1alpha1.RoleAssignmentSpec, now time.Time) bool {
	return (spec.ValidFrom == nil || !now.Before(spec.ValidFrom.Time)) &&
		(spec.ValidUntil == nil || now.Before(spec.ValidUntil.Time))
}

// addLayer adds holders to a layer of the area; a holder who is named twice in one layer counts once. A layer adds
// to lower ones only if all objects in it do. The declaration is that of each holder.
func (a *AreaManifest) addLayer(people *People, holders v1alpha1.RoleHolders, declaration ownership.Declaration) {
	role, layer := ownership.Role(holders.Role), declaration.Layer
	layers := a.Layers.Of(role)
	i := 0
	for i < len(layers) && layers[i].Layer != layer {
		i++
	}
	if i == len(layers) {
		layers = append(layers, LayerHolders{Layer: layer, Add: holders.Add})
	}
	layers[i].Add = layers[i].Add && holders.Add
	for _, text := range holders.Holders {
		holder, err := ownership.ParseHolder(text)
		if err != nil {
			continue // the manifest's schema has refused it already
		}
		if holder = people.directory.Canonical(holder); layers[i].has(holder) {
			continue
		}
		declaration.Holder = holder
		layers[i].Declarations = append(layers[i].Declarations, declaration)
	}
	a.Layers.Set(role, layers)
}

func (l LayerHolders) has(holder ownership.Holder) bool {
	for _, declaration := range l.Declarations {
		if declaration.Holder == holder {
			return true
		}
	}
	return false
}

// addVirtualAreas makes an area of each discovered repository that no declared area claims any part of.
func (f *frame) addVirtualAreas(repositories []*Repository) {
	claimed := map[string]bool{}
	for _, area := range f.areas {
		for _, repository := range area.Repositories {
			claimed[repository] = true
		}
	}
	for _, repository := range repositories {
		if claimed[repository.ID()] || !(f.in.FilesOnly || repository.Source.Discover) {
			continue
		}
		if why := f.unclaimed[repository.ID()]; why != "" {
			f.unlisted = cmp.Or(f.unlisted, why)
			continue
		}
		f.addVirtualArea(&AreaManifest{
			ID: ownership.RepositoryArea(repository.ID()), Name: repository.ID(), Undeclared: f.unclaimed["/"],
			scope: []v1alpha1.RepositoryScope{{Name: repository.ID()}},
		})
	}
}

// addVirtualNamespaces makes an area of each discovered namespace that no declared area claims any part of.
func (f *frame) addVirtualNamespaces(names []string) {
	for _, name := range names {
		f.addVirtualArea(&AreaManifest{
			ID: ownership.NamespaceArea(name), Name: name, Undeclared: cmp.Or(f.unclaimed[clusterNamespaces], f.unclaimed["/"]),
			namespaces: []v1alpha1.NamespaceScope{{Name: name}},
		})
	}
}

// addVirtualArea adds an area that is none if what may be declared of it is: an Area is then whose that is.
func (f *frame) addVirtualArea(area *AreaManifest) {
	area.Virtual, area.mayBeNone = true, area.Undeclared
	f.uncounted = cmp.Or(f.uncounted, area.mayBeNone)
	f.addArea(area)
}

// linkParents points areas to their parents, where the manifests' check found these sound.
func (f *frame) linkParents() {
	for _, area := range f.areas {
		if area.parent != "" && f.set().Broken[area.ID].Declares() {
			area.Parent = f.byID[ownership.DeclaredArea(area.Namespace, area.parent)]
		}
	}
	for _, area := range f.areas {
		area.Mode = area.mode()
	}
}

// mode is the area's own mode, or that of the nearest ancestor which has one.
func (a *AreaManifest) mode() ownership.Mode {
	for area := a; area != nil; area = area.Parent {
		if area.Mode != "" {
			return area.Mode
		}
	}
	return ownership.Observe
}

// isBelow says whether the area is a descendant of the other.
func (a *AreaManifest) isBelow(other *AreaManifest) bool {
	for parent := a.Parent; parent != nil; parent = parent.Parent {
		if parent == other {
			return true
		}
	}
	return false
}

// timeOf is the time that a field has, in Go's words.
func timeOf(field *metav1.Time) *time.Time {
	if field == nil {
		return nil
	}
	return &field.Time
}
