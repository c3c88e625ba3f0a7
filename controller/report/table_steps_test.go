package report

import (
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestStep(t *testing.T) {
	rule := in("acme/shop", ".github/CODEOWNERS", 17)
	invalid := func(role ownership.Role, reason string, locations ...ownership.Location) ownership.Drift {
		return ownership.Drift{Kind: ownership.Invalid, Role: role, Holder: "team:acme/x", Reason: reason, Locations: locations}
	}
	observed := ownership.AssignmentsOf(map[ownership.Role][]ownership.Observed{ownership.Approver: {
		{Holder: "team:acme/x", Files: 2, Total: 8, Locations: []ownership.Location{rule}}}})
	unmet := func(role ownership.Role) []ownership.Requirement {
		return []ownership.Requirement{{Role: role, Status: ownership.Unmet}}
	}
	all := ownership.Coverage{Total: 2, Owned: 2}
	folder := func(name string, files int) []ownership.UnownedFolder {
		return []ownership.UnownedFolder{{Repository: "acme/shop", Folder: name, Files: files}}
	}
	tests := map[string]struct {
		reason string
		area   ownership.AreaResult
		shop   ownership.Coverage
		want   string
	}{
		"left": {"the rule stands there already", ownership.AreaResult{Requirements: unmet(ownership.Approver), Coverage: all, UnownedFiles: folder("a/", 2),
			Observed: observed, Drift: []ownership.Drift{invalid(ownership.Approver, "left", rule)}}, ownership.Coverage{},
			"replace team:acme/x in .github/CODEOWNERS:17"},
		"empty": {"an empty team can be filled", ownership.AreaResult{Requirements: unmet(ownership.Approver), Coverage: all, UnownedFiles: folder("a/", 2),
			Observed: observed, Drift: []ownership.Drift{invalid(ownership.Approver, "empty", rule)}}, ownership.Coverage{},
			"add people to team:acme/x, or replace it in .github/CODEOWNERS:17"},
		"no access": {"access can be given", ownership.AreaResult{Requirements: unmet(ownership.Approver), Coverage: all, UnownedFiles: folder("a/", 2),
			Observed: observed, Drift: []ownership.Drift{invalid(ownership.Approver, "no-access", rule)}}, ownership.Coverage{},
			"give team:acme/x write access to acme/shop, or replace it in .github/CODEOWNERS:17"},
		"secret": {"a secret team can be shown", ownership.AreaResult{Requirements: unmet(ownership.Approver), Coverage: all, UnownedFiles: folder("a/", 2),
			Observed: observed, Drift: []ownership.Drift{invalid(ownership.Approver, "secret", rule)}}, ownership.Coverage{},
			"make team:acme/x visible, or replace it in .github/CODEOWNERS:17"},
		"both kinds": {"what nobody is named for needs a rule besides", ownership.AreaResult{Requirements: unmet(ownership.Approver),
			Coverage: ownership.Coverage{Total: 8, Owned: 2, Unmatched: 6}, UnownedFiles: folder("a/", 6),
			Observed: observed, Drift: []ownership.Drift{invalid(ownership.Approver, "absent", rule)}}, ownership.Coverage{},
			"replace team:acme/x in .github/CODEOWNERS:17; give /a/ an owner in .github/CODEOWNERS"},
		"declared and not named": {"nobody has to be found, a plan names them", ownership.AreaResult{Requirements: unmet(ownership.Approver),
			Coverage: ownership.Coverage{Total: 6, Unmatched: 6}, UnownedFiles: folder("a/", 6),
			Drift: []ownership.Drift{{Kind: ownership.Missing, Role: ownership.Approver, Holder: "team:acme/y"}}}, ownership.Coverage{},
			"name team:acme/y, as declared, in .github/CODEOWNERS (`remit plan` shows how)"},
		"declared and dead": {"whom a plan would not name", ownership.AreaResult{Requirements: unmet(ownership.Approver),
			Coverage: ownership.Coverage{Total: 6, Unmatched: 6}, UnownedFiles: folder("a/", 6),
			Drift: []ownership.Drift{{Kind: ownership.Missing, Role: ownership.Approver, Holder: "team:acme/x"}, invalid(ownership.Approver, "left", at("a.yaml", 5))}}, ownership.Coverage{},
			"replace team:acme/x in a.yaml:5; give /a/ an owner in .github/CODEOWNERS"},
		"declared by a policy": {"what a policy declares is not replaced in its text", ownership.AreaResult{Requirements: unmet(ownership.Deputy),
			Declared: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{ownership.Deputy: {{Holder: "team:acme/x", Layer: ownership.LayerPolicy, Location: at("p.rego", 7)}}}),
			Drift:    []ownership.Drift{invalid(ownership.Deputy, "left", at("p.rego", 7))}}, ownership.Coverage{},
			"replace team:acme/x"},
		"nobody": {"a holder is lacking", ownership.AreaResult{Requirements: unmet(ownership.Accountable), Location: at("a.yaml", 3)}, ownership.Coverage{},
			"name the accountable in a.yaml:3"},
		"virtual": {"no manifest stands for it", ownership.AreaResult{Requirements: unmet(ownership.Accountable), Virtual: true}, ownership.Coverage{},
			"write an Area manifest for it, which names the accountable"},
		"too many": {"none of them counts until one is left", ownership.AreaResult{Requirements: unmet(ownership.Accountable),
			Refused: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{ownership.Accountable: {{Holder: "team:acme/x"}, {Holder: "user:ann"}}})}, ownership.Coverage{},
			"keep one of team:acme/x and user:ann as the accountable"},
		"everything": {"no file of the repository has an owner", ownership.AreaResult{Requirements: unmet(ownership.Approver),
			Coverage: ownership.Coverage{Total: 9, Unmatched: 9}, UnownedFiles: folder("/", 9)}, ownership.Coverage{Total: 9, Unmatched: 9},
			"give * an owner in .github/CODEOWNERS"},
		"a part": {"the area has not all of the repository", ownership.AreaResult{Requirements: unmet(ownership.Approver),
			Coverage: ownership.Coverage{Total: 4, Unmatched: 4}, UnownedFiles: folder("/", 4)}, ownership.Coverage{Total: 9, Unmatched: 9},
			"give its files an owner in .github/CODEOWNERS"},
		"the root": {"only files at the root have none", ownership.AreaResult{Requirements: unmet(ownership.Approver),
			Coverage: ownership.Coverage{Total: 9, Owned: 5, Effective: 5, Unmatched: 4}, UnownedFiles: folder("/", 4)}, ownership.Coverage{Total: 9, Owned: 5, Effective: 5, Unmatched: 4},
			"give /* an owner in .github/CODEOWNERS"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := &ownership.Result{
				Repositories: []ownership.RepositoryResult{{ID: "acme/shop", Codeowners: ".github/CODEOWNERS", Coverage: test.shop}},
			}
			if got := newTable(result, Options{}).step(test.area); got != test.want {
				t.Errorf("step %q, want %q: %s", got, test.want, test.reason)
			}
		})
	}
}

func TestFolderNameTellsAllFilesFromTheRoot(t *testing.T) {
	for want, coverage := range map[string]ownership.Coverage{
		"all files":         {Total: 4, Unmatched: 4},
		"its files":         {Total: 9, Unmatched: 9},
		"files at the root": {Total: 9, Owned: 5, Effective: 5, Unmatched: 4},
	} {
		result := &ownership.Result{Repositories: []ownership.RepositoryResult{{ID: "acme/shop", Coverage: coverage}}}
		folder := ownership.UnownedFolder{Repository: "acme/shop", Folder: "/", Files: 4}
		if got := newTable(result, Options{}).folderName(folder); got != want {
			t.Errorf("%q, want %q of a repository with %+v", got, want, coverage)
		}
	}
}
