package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// RolesPolicy is the name under which findings on roles stand that Remit itself makes.
const RolesPolicy = "remit-roles"

// merge makes an area's declarations for one role out of its layers, highest first. Each layer that says anything
// replaces the lower ones, unless it adds to them. A layer, or a union, with more holders than the role allows
// counts for nothing: neither of two accountable holders is one. inTeam says whether a person is in a team.
func merge(layers []snapshot.LayerHolders, maxHolders int, inTeam func(person, team ownership.Holder) bool) (declared []ownership.Declaration, tooMany []ownership.Declaration) {
	for _, layer := range layers {
		if len(layer.Declarations) == 0 {
			continue
		}
		for _, declaration := range layer.Declarations {
			if !slices.ContainsFunc(declared, func(d ownership.Declaration) bool { return d.Holder == declaration.Holder }) {
				declared = append(declared, declaration)
			}
		}
		if !layer.Add {
			break
		}
	}
	if maxHolders > 0 && len(declared) > maxHolders && answering(declared, inTeam) > maxHolders {
		return nil, declared
	}
	return declared, nil
}

// answering counts the holders who answer apart from each other: beside a team, one person in it may be named, who
// answers for that team.
func answering(declared []ownership.Declaration, inTeam func(person, team ownership.Holder) bool) int {
	count := len(declared)
	for _, team := range declared {
		if team.Holder.Kind() != ownership.HolderTeam {
			continue
		}
		if slices.ContainsFunc(declared, func(person ownership.Declaration) bool {
			return person.Holder.Kind() == ownership.HolderUser && inTeam(person.Holder, team.Holder)
		}) {
			count--
		}
	}
	return count
}

// barrier merges the layers of all areas: RoleAssignments in force, the Area, what policies declare, the parent.
// Policies' declarations may be nil, which gives what manifests alone declare.
type barrier struct {
	snapshot *snapshot.Snapshot
	policies declared
	merged   map[ownership.AreaID]ownership.Assignments[ownership.Declaration]
	// refused are the declarations that count for none, because they are too many; the findings say it too.
	refused  map[ownership.AreaID]ownership.Assignments[ownership.Declaration]
	findings []ownership.Finding
}

func newBarrier(s *snapshot.Snapshot, policies declared) *barrier {
	b := &barrier{snapshot: s, policies: policies, merged: map[ownership.AreaID]ownership.Assignments[ownership.Declaration]{},
		refused: map[ownership.AreaID]ownership.Assignments[ownership.Declaration]{}}
	for _, area := range s.Areas {
		b.declared(area)
	}
	return b
}

// declared merges an area after its ancestors; the manifests' check has seen to it that there is no cycle.
func (b *barrier) declared(area *snapshot.Area) ownership.Assignments[ownership.Declaration] {
	if merged, done := b.merged[area.ID]; done {
		return merged
	}
	var inherited ownership.Assignments[ownership.Declaration]
	if area.Parent != nil {
		inherited = b.declared(area.Parent)
	}
	merged := ownership.Assignments[ownership.Declaration]{}
	for _, role := range b.snapshot.Roles {
		declared, tooMany := merge(b.layers(area, role.Role, inherited[role.Role]), role.MaxHolders, b.snapshot.People.InTeam)
		merged[role.Role] = declared
		if tooMany != nil {
			b.findings = append(b.findings, tooManyHolders(area, role, tooMany))
			if b.refused[area.ID] == nil {
				b.refused[area.ID] = ownership.Assignments[ownership.Declaration]{}
			}
			b.refused[area.ID][role.Role] = tooMany
		}
	}
	b.merged[area.ID] = merged
	return merged
}

func (b *barrier) layers(area *snapshot.Area, role ownership.Role, inherited []ownership.Declaration) []snapshot.LayerHolders {
	layers := slices.Clone(area.Layers[role])
	slices.SortStableFunc(layers, func(x, y snapshot.LayerHolders) int { return rank(x.Layer) - rank(y.Layer) })
	if declared := b.policies[area.ID][role]; len(declared) > 0 {
		layers = append(layers, snapshot.LayerHolders{Layer: ownership.LayerPolicy, Declarations: declared})
	}
	parent := snapshot.LayerHolders{Layer: ownership.LayerParent}
	for _, declaration := range inherited {
		declaration.Layer = ownership.LayerParent
		declaration.Mode = cmp.Or(declaration.Mode, area.Parent.Mode)
		parent.Declarations = append(parent.Declarations, declaration)
	}
	return append(layers, parent)
}

func rank(layer ownership.Layer) int {
	return slices.Index([]ownership.Layer{
		ownership.LayerRoleAssignment, ownership.LayerArea, ownership.LayerPolicy, ownership.LayerParent,
	}, layer)
}

func tooManyHolders(area *snapshot.Area, role ownership.RoleDefinition, declared []ownership.Declaration) ownership.Finding {
	names := make([]string, len(declared))
	for i, declaration := range declared {
		names[i] = fmt.Sprintf("%s (by %s)", declaration.Holder, declaration.By)
	}
	return ownership.Finding{
		Policy: RolesPolicy, Subject: string(area.ID), Key: "too-many/" + string(role.Role), Rule: "deny",
		Severity: ownership.High, Status: ownership.Raised, Role: role.Role, Location: declared[0].Location,
		Message: fmt.Sprintf("%s has %d %s holders, at most %d can be, so none counts: %s",
			area.ID, len(declared), role.Role, role.MaxHolders, strings.Join(names, ", ")),
	}
}
