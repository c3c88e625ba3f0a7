package explain

import (
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// role explains who holds one role in an area.
func (x *explainer) role(definition ownership.RoleDefinition, area drift.Area, result ownership.AreaResult) Role {
	role := Role{
		Role: definition.Role, Holders: []Holding{}, Layers: x.layers(area, definition.Role), Idle: x.idle(area.ID, definition.Role),
		Decided:  x.decided(definition, area),
		Required: definition.RequiredFor(area.Tier) || definition.Role == ownership.Approver && len(area.Repositories) > 0,
		Unknown: UnknownHolders{
			Declared: area.UnknownDeclarations(definition.Role), Observed: area.UnknownRoles[definition.Role],
		},
	}
	role.Unknown.Kept = role.Unknown.Declared != "" && area.DeclaredKept
	for _, requirement := range result.Requirements {
		if requirement.Role == definition.Role && role.Status == "" {
			role.Status, role.Reason = requirement.Status, requirement.Reason
		}
	}
	for _, declaration := range area.Declared.Of(definition.Role) {
		x.holding(&role, declaration.Holder).Declared = []Declared{x.declared(declaration)}
	}
	for _, observed := range area.Observed.Of(definition.Role) {
		holding := x.holding(&role, observed.Holder)
		holding.Observed = append(holding.Observed, x.observed(observed, definition.Role, area.AreaManifest))
	}
	for i := range role.Holders {
		holding := &role.Holders[i]
		holding.Drift = driftOf(result, definition.Role, holding.Holder)
		holding.Standing = x.standingIn(holding.Holder, definition.Role, area)
	}
	return role
}

// decided says whether what is declared in a role must show in some source: who is accountable only where the area has
// entities of a catalog, or objects of a cluster.
func (x *explainer) decided(role ownership.RoleDefinition, area drift.Area) bool {
	return x.s.DecidedFor(role, area.Area) && (role.Role != ownership.Accountable || len(area.Entities)+area.Objects > 0)
}

// holding is the holder's entry, made where there is none.
func (x *explainer) holding(role *Role, holder ownership.Holder) *Holding {
	at := slices.IndexFunc(role.Holders, func(h Holding) bool { return h.Holder == holder })
	if at < 0 {
		at = len(role.Holders)
		role.Holders = append(role.Holders, Holding{Holder: holder, Name: x.name(holder), Declared: []Declared{}, Observed: []Observed{}})
	}
	return &role.Holders[at]
}

func driftOf(result ownership.AreaResult, role ownership.Role, holder ownership.Holder) []ownership.Drift {
	found := []ownership.Drift{}
	for _, drift := range result.Drift {
		if drift.Role == role && drift.Holder == holder {
			found = append(found, drift)
		}
	}
	return found
}

func (x *explainer) declared(declaration ownership.Declaration) Declared {
	return Declared{Declaration: declaration, Assignment: x.assignments[declaration.By]}
}

// layers are the layers of a role that say anything, and what became of each:
//
//	above it a layer that says something and does not add   replaced
//	else, and there are more holders than allowed           refused
//	else                                                    counts
func (x *explainer) layers(area drift.Area, role ownership.Role) []Layer {
	var layers []Layer
	status := Counts
	if len(area.Refused.Of(role)) > 0 {
		status = Refused
	}
	for _, holders := range x.outcome.Layers(area.ID, role) {
		if len(holders.Declarations) == 0 {
			continue
		}
		layer := Layer{Layer: holders.Layer, Add: holders.Add, Status: status}
		for _, declaration := range holders.Declarations {
			layer.Declarations = append(layer.Declarations, x.declared(declaration))
		}
		layers = append(layers, layer)
		if !holders.Add {
			status = Replaced
		}
	}
	return layers
}

// addAssignments reads all RoleAssignments.
func (x *explainer) addAssignments() {
	x.assignments = map[string]*Assignment{}
	for _, object := range x.outcome.Manifests().RoleAssignments {
		assignment := x.assignment(object)
		x.assignments["roleassignment "+assignment.Name] = &assignment
	}
}

func (x *explainer) assignment(object manifest.Object[v1alpha1.RoleAssignment]) Assignment {
	spec := object.Value.Spec
	assignment := Assignment{
		Name: object.Value.Namespace + "/" + object.Value.Name, Location: object.Location, Reason: spec.Reason, Holders: []ownership.Holder{},
		DelegatedBy: ownership.Holder(spec.DelegatedBy), AcknowledgedBy: ownership.Holder(spec.AcknowledgedBy),
	}
	for _, text := range spec.Holders {
		holder, err := ownership.ParseHolder(text)
		if err != nil {
			continue // the manifest's schema has refused it already
		}
		if holder.Kind() == ownership.HolderUser {
			holder = x.s.People.Person(holder.Name())
		}
		assignment.Holders = append(assignment.Holders, holder)
	}
	times := map[*time.Time]*time.Time{}
	if spec.ValidFrom != nil {
		times[&assignment.From] = &spec.ValidFrom.Time
	}
	if spec.ValidUntil != nil {
		times[&assignment.Until] = &spec.ValidUntil.Time
	}
	if spec.AcknowledgedAt != nil {
		times[&assignment.AcknowledgedAt] = &spec.AcknowledgedAt.Time
	}
	for to, from := range times {
		*to = from.UTC()
	}
	switch now := x.s.Now; {
	case spec.Suspend:
		assignment.Status = Suspended
	case now.Before(assignment.From):
		assignment.Status = NotYet
	case !assignment.Until.IsZero() && !now.Before(assignment.Until):
		assignment.Status = Ended
	default:
		assignment.Status = InForce
	}
	return assignment
}

// idle are an area's RoleAssignments for a role that are not in force, by name.
func (x *explainer) idle(area ownership.AreaID, role ownership.Role) []Assignment {
	var idle []Assignment
	for _, object := range x.outcome.Manifests().RoleAssignments {
		spec := object.Value.Spec
		assignment := x.assignments["roleassignment "+object.Value.Namespace+"/"+object.Value.Name]
		if ownership.DeclaredArea(object.Value.Namespace, spec.Area) == area && ownership.Role(spec.Role) == role && assignment.Status != InForce {
			idle = append(idle, *assignment)
		}
	}
	slices.SortFunc(idle, func(a, b Assignment) int { return strings.Compare(a.Name, b.Name) })
	return idle
}

// observed says where a source shows a holder.
func (x *explainer) observed(o ownership.Observed, role ownership.Role, area *snapshot.AreaManifest) Observed {
	observed := Observed{Source: o.Source, Authoritative: o.Authoritative, Files: o.Files, Total: o.Total, Rules: []Rule{}}
	_, observed.Unit = o.Units(role)
	for _, location := range o.Locations {
		observed.Rules = append(observed.Rules, x.rule(o.Source, location, area))
	}
	return observed
}

// rule is the place that names a holder, and, where that is a rule of CODEOWNERS, over how many of the area's files it
// decides.
func (x *explainer) rule(source string, location ownership.Location, area *snapshot.AreaManifest) Rule {
	rule := Rule{Location: location}
	first := x.s.Repository(location.Repository)
	if first == nil {
		return rule
	}
	for _, repository := range append([]*snapshot.Repository{first}, first.Others...) {
		if repository.Source.Name != source || repository.Facts.Codeowners.Path != location.File {
			continue
		}
		at, found := slices.BinarySearchFunc(repository.Rules, location.Line, func(r snapshot.Rule, line int) int { return r.Line - line })
		if found {
			rule.Pattern = repository.Rules[at].Pattern
			rule.Files = x.filesByRule(area, first, repository)[int32(at)] //nolint:gosec // a file has fewer rules than bytes, and under 3 MB
		}
		break
	}
	return rule
}

// filesByRule counts the area's files by the rule that decides, as a source sees them. Which files are the area's is told
// by the first source that sees the repository.
func (x *explainer) filesByRule(area *snapshot.AreaManifest, first, repository *snapshot.Repository) map[int32]int {
	key := filesKey{area, repository}
	if counted := x.files[key]; counted != nil {
		return counted
	}
	counted := map[int32]int{}
	for i, rule := range repository.Matches {
		at, found := i, true
		if repository != first {
			at, found = slices.BinarySearch(first.Facts.Files.Paths, repository.Facts.Files.Paths[i])
		}
		if found && first.Area(at) == area {
			counted[rule]++
		}
	}
	x.files[key] = counted
	return counted
}
