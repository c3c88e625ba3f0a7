package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// merge makes an area's declarations for one role out of its layers, highest first. Each layer that says anything
// replaces the lower ones, unless it adds to them. A layer, or a union, with more holders than the role allows
// counts for nothing: neither of two accountable holders is one. unknown says why it is not known whether they are too many.
func merge(layers []snapshot.LayerHolders, maxHolders int, who identities) (declared, tooMany []ownership.Declaration, unknown string) {
	for _, layer := range layers {
		if len(layer.Declarations) == 0 {
			continue
		}
		if declared == nil && !repeats(layer.Declarations) {
			declared = slices.Clip(layer.Declarations) // shared: an addition makes a copy
			if !layer.Add {
				break
			}
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
	if maxHolders <= 0 || len(declared) <= maxHolders {
		return declared, nil, ""
	}
	most, least, unknown := answering(declared, who)
	switch {
	case most <= maxHolders:
		return declared, nil, ""
	case least <= maxHolders:
		return declared, nil, unknown
	}
	return nil, declared, ""
}

// identities say who is who: whether a person is in a team, and why two names may mean one person. An unknown says why
// that is not known.
type identities interface {
	InTeam(person, team ownership.Holder) (is bool, unknown string)
	MayBe(a, b ownership.Holder) (unknown string)
}

// repeats says whether a holder comes twice.
func repeats(declarations []ownership.Declaration) bool {
	for i := range declarations {
		if slices.ContainsFunc(declarations[:i], func(d ownership.Declaration) bool { return d.Holder == declarations[i].Holder }) {
			return true
		}
	}
	return false
}

// answering counts the holders who answer apart from each other: beside a team, one person in it may be named, who
// answers for that team. Where it is not known who is who, they may be as few as least.
func answering(declared []ownership.Declaration, who identities) (most, least int, unknown string) {
	most, least = len(declared), len(declared)
	for i, holder := range declared {
		if holder.Holder.Kind() == ownership.HolderTeam {
			named, why := namesOneOf(holder.Holder, declared, who)
			if named {
				most--
			}
			if named || why != "" {
				least--
			}
			unknown = cmp.Or(unknown, why)
			continue
		}
		for _, earlier := range declared[:i] {
			if why := who.MayBe(earlier.Holder, holder.Holder); why != "" {
				least--
				unknown = cmp.Or(unknown, why)
				break
			}
		}
	}
	return most, least, unknown
}

// namesOneOf says whether one of the persons declared is in the team.
func namesOneOf(team ownership.Holder, declared []ownership.Declaration, who identities) (is bool, unknown string) {
	for _, person := range declared {
		if person.Holder.Kind() != ownership.HolderUser {
			continue
		}
		in, why := who.InTeam(person.Holder, team)
		if in {
			return true, ""
		}
		unknown = cmp.Or(unknown, why)
	}
	return false, unknown
}

// barrier merges the layers of all areas: RoleAssignments in force, the Area, what policies declare, the parent.
// Policies' declarations may be nil, which gives what manifests alone declare.
type barrier struct {
	snapshot *snapshot.Snapshot
	policies declared
	before   map[ownership.AreaID]*merged
	merged   map[ownership.AreaID]*merged
	// unsure says, by area, why what policies declare may not be whole.
	unsure map[ownership.AreaID]string
	// asked are those of whom it was asked, for some area, who they are, or who is in them.
	asked map[ownership.Holder]bool
	// refusing are the areas of which declarations count for none.
	refusing map[ownership.AreaID]*merged
}

// merged is what an area declares after all layers. One that nothing has changed of since the pass before is the same
// pointer.
type merged struct {
	declared ownership.Assignments[ownership.Declaration]
	// refused are the declarations that count for none, because they are too many; the findings say it too.
	refused  ownership.Assignments[ownership.Declaration]
	findings []ownership.Finding
	// unknown say, by role, why it is not known who is declared although it is known what manifests and policies say.
	unknown map[ownership.Role]string

	// What it was made of: asked are those of whom it was asked who they are, or who is in them.
	manifest *snapshot.AreaManifest
	parent   *merged
	policies map[ownership.Role][]ownership.Declaration
	unsure   string
	asked    []ownership.Holder
	// doubt says why what it declares or inherits may not be whole, besides unknown; the layers of the area may stand above that.
	doubt string
}

// newBarrier merges all areas; before is the barrier of the pass before, or nil.
// unsure says, by area, why what policies declare may not be whole.
func newBarrier(s *snapshot.Snapshot, policies declared, unsure map[ownership.AreaID]string, before *barrier) *barrier {
	if before != nil && s.SameFrame(before.snapshot) && len(policies)+len(unsure) == 0 && len(before.policies)+len(before.unsure) == 0 &&
		!before.affected(s) {
		same := *before
		same.snapshot = s // that of before need not live on
		return &same
	}
	b := &barrier{
		snapshot: s, policies: policies, unsure: unsure, merged: make(map[ownership.AreaID]*merged, len(s.Areas)),
		asked: map[ownership.Holder]bool{}, refusing: map[ownership.AreaID]*merged{},
	}
	if before != nil {
		b.before = before.merged
	}
	for _, area := range s.Areas {
		b.merge(area.AreaManifest)
	}
	b.before = nil
	return b
}

// affected says whether people may say something else of who is in a team that was asked for.
func (b *barrier) affected(s *snapshot.Snapshot) bool {
	for team := range b.asked {
		if s.Affects(team) {
			return true
		}
	}
	return false
}

// merge merges an area after its ancestors; the manifests' check has seen to it that there is no cycle.
func (b *barrier) merge(area *snapshot.AreaManifest) *merged {
	if done := b.merged[area.ID]; done != nil {
		return done
	}
	var parent *merged
	if area.Parent != nil {
		parent = b.merge(area.Parent)
	}
	made := b.before[area.ID]
	if made == nil || !made.holds(area, parent, b) {
		made = b.make(area, parent)
	}
	b.merged[area.ID] = made
	for _, team := range made.asked {
		b.asked[team] = true
	}
	if made.refused != nil {
		b.refusing[area.ID] = made
	}
	return made
}

// holds says whether it would be made the same again.
func (m *merged) holds(area *snapshot.AreaManifest, parent *merged, b *barrier) bool {
	return m.manifest == area && m.parent == parent && m.unsure == b.unsure[area.ID] &&
		!slices.ContainsFunc(m.asked, b.snapshot.Affects) && maps.EqualFunc(m.policies, b.policies[area.ID], slices.Equal)
}

func (b *barrier) make(area *snapshot.AreaManifest, parent *merged) *merged {
	made := &merged{
		manifest: area, parent: parent, policies: b.policies[area.ID], unsure: b.unsure[area.ID],
	}
	if made.doubt = cmp.Or(area.Undeclared, made.unsure); made.doubt == "" && parent != nil {
		made.doubt = parent.doubt
	}
	who := asked{b.snapshot.People, &made.asked}
	for _, role := range b.snapshot.Roles {
		var inherited []ownership.Declaration
		if parent != nil {
			inherited = parent.declared.Of(role.Role)
		}
		maxHolders := role.MaxHolders
		if b.snapshot.RolesUnknown != "" {
			maxHolders = 0
		}
		declared, tooMany, unknown := merge(b.layers(area, role.Role, inherited), maxHolders, who)
		if b.snapshot.RolesUnknown != "" && len(declared) > 1 {
			unknown = b.snapshot.RolesUnknown
		}
		unknown = cmp.Or(b.unread(area, parent, role.Role), unknown)
		if tooMany != nil && unknown == "" && !replaces(area, role.Role) { // who is not known may replace some
			unknown = made.doubt
		}
		if tooMany != nil && unknown != "" {
			declared, tooMany = tooMany, nil
		}
		if len(declared) > 0 {
			made.declared.Set(role.Role, declared)
		}
		if unknown != "" {
			if made.unknown == nil {
				made.unknown = map[ownership.Role]string{}
			}
			made.unknown[role.Role] = unknown
		}
		if tooMany != nil {
			made.findings = append(made.findings, tooManyHolders(area, role, tooMany))
			made.refused.Set(role.Role, tooMany)
		}
	}
	return made
}

// unread says why who is declared may be another than the layers say: a RoleAssignment of the area could not be read, or the
// like is so of the parent, and what that declares counts here, be it beside the area's own layers.
func (b *barrier) unread(area *snapshot.AreaManifest, parent *merged, role ownership.Role) string {
	why := area.Unassigned(role)
	if parent != nil && len(b.policies[area.ID][role]) == 0 && !replaces(area, role) {
		why = cmp.Or(why, parent.unknown[role])
	}
	return why
}

// replaces says whether what RoleAssignments and the Area say stands for itself, whatever lower layers say.
func replaces(area *snapshot.AreaManifest, role ownership.Role) bool {
	return slices.ContainsFunc(area.Layers.Of(role), func(layer snapshot.LayerHolders) bool { return len(layer.Declarations) > 0 && !layer.Add })
}

// findings are what Remit itself has to say of the areas' roles.
func (b *barrier) findings() []ownership.Finding {
	var found []ownership.Finding
	for _, merged := range b.refusing {
		found = append(found, merged.findings...)
	}
	return found
}

func (b *barrier) layers(area *snapshot.AreaManifest, role ownership.Role, inherited []ownership.Declaration) []snapshot.LayerHolders {
	layers := slices.Clone(area.Layers.Of(role))
	slices.SortStableFunc(layers, func(x, y snapshot.LayerHolders) int { return rank(x.Layer) - rank(y.Layer) })
	if declared := b.policies[area.ID][role]; len(declared) > 0 {
		layers = append(layers, snapshot.LayerHolders{Layer: ownership.LayerPolicy, Declarations: declared})
	}
	parent := snapshot.LayerHolders{Layer: ownership.LayerParent}
	for _, declaration := range inherited {
		if !area.Inherits(role, declaration.Holder) {
			continue
		}
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

func tooManyHolders(area *snapshot.AreaManifest, role ownership.RoleDefinition, declared []ownership.Declaration) ownership.Finding {
	names := make([]string, len(declared))
	for i, declaration := range declared {
		names[i] = fmt.Sprintf("%s (by %s)", declaration.Holder, declaration.By)
	}
	return ownership.Finding{
		Policy: ownership.RolesPolicy, Subject: string(area.ID), Key: "too-many/" + string(role.Role), Rule: "deny",
		Severity: ownership.High, Status: ownership.Raised, Role: role.Role, Location: declared[0].Location,
		Message: fmt.Sprintf("%s has %d %s holders, at most %d can be, so none counts: %s",
			area.ID, len(declared), role.Role, role.MaxHolders, strings.Join(names, ", ")),
	}
}

// asked notes of whom a People is asked.
type asked struct {
	people  *snapshot.People
	holders *[]ownership.Holder
}

func (a asked) InTeam(person, team ownership.Holder) (is bool, unknown string) {
	*a.holders = append(*a.holders, person, team)
	return a.people.InTeam(person, team)
}

func (a asked) MayBe(one, other ownership.Holder) (unknown string) {
	*a.holders = append(*a.holders, one, other)
	return a.people.MayBe(one, other)
}
