package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// estate is one repository, acme/shop, with what areas want of it.
type estate struct {
	// rules is the text of CODEOWNERS; noRules says that there is none.
	rules   string
	noRules bool
	// files are separated by white space.
	files string
	plots []plot
	// exclusive makes the role of approver so.
	exclusive bool
	// people are those of listed, if there are any; teams all have write access, but for the secret ones.
	people []string
	teams  []ownership.Team
	mode   ownership.Mode // of the source; empty means Enforce
}

// plot is an area in the namespace web.
type plot struct {
	name string
	// paths and approvers are separated by white space; no paths are the whole repository, and approvers are as in holderOf.
	paths, approvers string
	parent           string
	mode             ownership.Mode // empty means Enforce
	declared         ownership.Mode // of the declarations
	// unsure says why it is unknown what policies declare.
	unsure    string
	suspended bool
	// elsewhere is a second repository in scope, which no source sees.
	elsewhere string
}

// input is the estate as compared. Of the people, who ends in "!" has left.
func (e estate) input() Input {
	if e.people == nil {
		return e.seen(nil)
	}
	return e.seen(e.peopleSeen())
}

func (e estate) peopleSeen() *ownership.Observation {
	var names []string
	for _, name := range e.people {
		names = append(names, strings.TrimSuffix(name, "!"))
	}
	people := listed(names...)
	for i, name := range e.people {
		if strings.HasSuffix(name, "!") {
			people.People[i].Ends = nine.Add(-time.Hour)
		}
	}
	people.Teams = e.teams
	return people
}

func (e estate) seen(people *ownership.Observation) Input {
	known := ownership.Provenance{Source: "git", At: nine}
	files := strings.Fields(e.files)
	slices.Sort(files)
	repository := ownership.Repository{
		ID: shop, Provenance: known, Files: ownership.FileList{Paths: files, Provenance: known},
		Codeowners: ownership.CodeownersFile{Path: file, Text: []byte(e.rules), Provenance: known},
	}
	if e.noRules {
		repository.Codeowners = ownership.CodeownersFile{Provenance: known}
	}
	mode := e.mode
	if mode == "" {
		mode = ownership.Enforce
	}
	sources := []snapshot.Source{{
		Name: "git", Kind: ownership.SourceGit, Mode: mode,
		Observation: ownership.Observation{Source: "git", Kind: ownership.SourceGit, At: nine, Repositories: []ownership.Repository{repository}},
	}}
	if people != nil {
		sources = append(sources, snapshot.Source{Name: "people", Kind: ownership.SourcePeople, Observation: *people})
	}
	return e.compared(snapshot.Build(snapshot.Input{Now: nine, Manifests: e.manifests(), Sources: sources}))
}

func (e estate) manifests() *manifest.Set {
	set := &manifest.Set{}
	for _, p := range e.plots {
		set.Areas = append(set.Areas, p.object())
	}
	if e.exclusive {
		yes := true
		set.Roles = &manifest.Object[v1alpha1.RoleConfiguration]{Value: v1alpha1.RoleConfiguration{
			Spec: v1alpha1.RoleConfigurationSpec{Roles: []v1alpha1.RoleDefinition{{Name: v1alpha1.RoleName(ownership.Approver), Exclusive: &yes}}},
		}}
	}
	return set
}

func (p plot) object() manifest.Object[v1alpha1.Area] {
	var object manifest.Object[v1alpha1.Area]
	value := &object.Value
	value.Namespace, value.Name, value.Spec.Parent, value.Spec.Suspend = "web", p.name, p.parent, p.suspended
	if value.Spec.Mode = string(p.mode); p.mode == "" {
		value.Spec.Mode = string(ownership.Enforce)
	}
	value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: shop, Paths: strings.Fields(p.paths)}}
	if p.elsewhere != "" {
		value.Spec.Scope.Repositories = append(value.Spec.Scope.Repositories, v1alpha1.RepositoryScope{Name: p.elsewhere})
	}
	if p.approvers != "" {
		holders := v1alpha1.RoleHolders{Role: string(ownership.Approver)}
		for approver := range strings.FieldsSeq(p.approvers) {
			holders.Holders = append(holders.Holders, string(holderOf(approver)))
		}
		value.Spec.Roles = []v1alpha1.RoleHolders{holders}
	}
	return object
}

// compared merges the declarations, which are those of the areas or else of their parents, and finds the drift.
func (e estate) compared(s *snapshot.Snapshot) Input {
	in := Input{Now: nine, Snapshot: s}
	for _, area := range s.Areas {
		compared := drift.Area{Area: area, Declared: ownership.Assignments[ownership.Declaration]{}}
		for from := area.AreaManifest; from != nil && len(compared.Declared.Of(ownership.Approver)) == 0; from = from.Parent {
			for _, layer := range from.Layers.Of(ownership.Approver) {
				compared.Declared.Set(ownership.Approver, append(compared.Declared.Of(ownership.Approver), layer.Declarations...))
			}
		}
		compared.DeclaredUnknown = e.unsure(area.AreaManifest)
		if own := e.plot(area.AreaManifest); own.unsure != "" {
			area.Layers = nil // else what the area itself says would be known
		}
		for i := range compared.Declared.Of(ownership.Approver) {
			compared.Declared.Of(ownership.Approver)[i].Mode = e.plot(area.AreaManifest).declared
		}
		in.Areas = append(in.Areas, compared)
		in.Drift = append(in.Drift, drift.Compare(compared, s))
	}
	return in
}

// unheld are the candidates that nothing found so far holds, nor anything that they need.
func unheld(found []*candidate) []ownership.Change {
	held := make([]bool, len(found))
	for again := true; again; {
		again = false
		for i, c := range found {
			lacks := slices.ContainsFunc(c.needs, func(needed int) bool { return held[needed] })
			if !held[i] && (c.brake != "" || c.unknown != "" || c.Mode == ownership.Observe || lacks) {
				held[i], again = true, true
			}
		}
	}
	var changes []ownership.Change
	for i, c := range found {
		if !held[i] {
			changes = append(changes, c.Change)
		}
	}
	return changes
}

func (e estate) plot(area *snapshot.AreaManifest) plot {
	if at := slices.IndexFunc(e.plots, func(p plot) bool { return p.name == area.Name }); at >= 0 {
		return e.plots[at]
	}
	return plot{}
}

// unsure says why it is unknown what policies declare of the area or of one that it may inherit from.
func (e estate) unsure(area *snapshot.AreaManifest) string {
	for ; area != nil; area = area.Parent {
		if why := e.plot(area).unsure; why != "" {
			return why
		}
	}
	return ""
}

// failing is a test, also one of rapid's.
type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// repaired is the text after the changes.
func (e estate) repaired(t failing, changes []ownership.Change) string {
	t.Helper()
	text, err := codeowners.Parse([]byte(e.rules)).Apply(Edits(changes)...)
	if err != nil {
		t.Fatalf("applying %+v: %v", changes, err)
	}
	return string(text)
}

// heldOf are the candidates that are held, as "brake area+owner", sorted.
func heldOf(found []*candidate) []string {
	var lines []string
	for _, c := range found {
		why := string(c.brake)
		switch {
		case why == "" && c.unknown != "":
			why = "unknown"
		case why == "" && c.Mode == ownership.Observe:
			why = "mode"
		}
		sign := "+"
		if c.Removal {
			sign = "-"
		}
		if why != "" {
			lines = append(lines, fmt.Sprintf("%s %s%s%s", why, strings.TrimPrefix(string(c.Area), "web/"), sign, strings.Join(c.Owners, ",")))
		}
	}
	slices.Sort(lines)
	return lines
}

// team is a team of one active member, with write access to the shop.
func team(name string, members ...string) ownership.Team {
	return ownership.Team{
		ID: "acme/" + name, Members: members, Repositories: map[string]ownership.Permission{shop: ownership.PermissionWrite},
		Provenance: ownership.Provenance{Source: "people", At: nine},
	}
}
