package engine

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/policies"
)

func TestPassStates(t *testing.T) {
	for name, test := range map[string]struct {
		reason string
		change func(*world)
		shop   ownership.State
		check  ownership.State
		drift  string // of web/shop
	}{
		"as it is": {
			reason: "old/ has no owner; checkout inherits its accountable holder",
			change: func(*world) {},
			shop:   ownership.Partial, check: ownership.Owned,
			drift: "missing approver team:acme/web partial-extent",
		},
		"all owned": {
			reason: "every file has an owner who is alive",
			change: func(w *world) { w.git.Repositories[0].Codeowners.Text = []byte("* @acme/web\n") },
			shop:   ownership.Owned, check: ownership.Owned,
		},
		"the repository fails": {
			reason: "unknown is never unowned",
			change: func(w *world) {
				w.git.Repositories[0] = ownership.Repository{ID: "acme/shop", Provenance: ownership.Provenance{Source: "git", Unknown: "object not found"}}
			},
			shop: ownership.Unknown, check: ownership.Unknown,
		},
		"the source fails": {
			reason: "what no source sees now may exist",
			change: func(w *world) {
				w.git = ownership.Observation{Source: "git", Kind: ownership.SourceGit, Unknown: "no such folder"}
			},
			shop: ownership.Unknown, check: ownership.Unknown,
		},
		"the people source fails": {
			reason: "whether the holders exist is unknown; that old/ has no owner is known all the same",
			change: func(w *world) {
				w.people = ownership.Observation{Source: "people", Kind: ownership.SourcePeople, Unknown: "not YAML"}
			},
			shop: ownership.Partial, check: ownership.Unknown,
			drift: "missing approver team:acme/web partial-extent",
		},
		"no source of people": {
			reason: "holders count as they are written",
			change: func(w *world) { w.noPeople = true },
			shop:   ownership.Partial, check: ownership.Owned,
			drift: "missing approver team:acme/web partial-extent",
		},
		"an empty team": {
			reason: "a team without members is no holder, so nothing of shop is owned by anybody",
			change: func(w *world) { w.people.Teams[0].Members = nil },
			shop:   ownership.Unowned, check: ownership.Partial,
			drift: "invalid accountable team:acme/web empty\ninvalid approver team:acme/web empty\nmissing approver team:acme/web partial-extent",
		},
		"no access": {
			reason: "a code owner needs write access",
			change: func(w *world) { w.people.Teams[1].Repositories = nil },
			shop:   ownership.Partial, check: ownership.Partial,
			drift: "missing approver team:acme/web partial-extent",
		},
		"permissions not complete": {
			reason: "missing access is proved by a complete list only; some being listed, what is not is unknown",
			change: func(w *world) { w.people.Teams[1].Repositories = nil; w.people.AllPermissions = false },
			shop:   ownership.Partial, check: ownership.Unknown,
			drift: "missing approver team:acme/web partial-extent",
		},
		"no permissions at all": {
			reason: "of what no source shows, nothing is asked",
			change: func(w *world) {
				w.people.Teams[0].Repositories, w.people.Teams[1].Repositories = nil, nil
				w.people.AllPermissions = false
			},
			shop: ownership.Partial, check: ownership.Owned,
			drift: "missing approver team:acme/web partial-extent",
		},
		"a placeholder": {
			reason: "@acme/unknown counts as no owner",
			change: func(w *world) {
				w.git.Repositories[0].Codeowners.Text = []byte("* @acme/unknown\n/checkout @acme/pay\n")
			},
			shop: ownership.Partial, check: ownership.Owned,
			drift: "invalid approver team:acme/unknown placeholder\nmissing approver team:acme/web not-observed",
		},
		"a team is not its members": {
			reason: "a team never matches one of its members",
			change: func(w *world) { w.git.Repositories[0].Codeowners.Text = []byte("* @ann @bob\n") },
			shop:   ownership.Owned, check: ownership.Owned,
			drift: "missing approver team:acme/web not-observed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			test.change(w)
			result := w.pass(t)
			shop, checkout := area(t, result, "web/shop"), area(t, result, "web/checkout")
			if shop.State != test.shop || checkout.State != test.check {
				t.Errorf("shop %s, checkout %s, want %s and %s: %s\n%+v\n%+v", shop.State, checkout.State, test.shop, test.check,
					test.reason, shop.Requirements, checkout.Requirements)
			}
			if diff := cmp.Diff(test.drift, driftOf(shop)); diff != "" {
				t.Errorf("%s:\n%s", test.reason, diff)
			}
		})
	}
}

// Making any fact unknown never makes an area unowned, and never raises a finding that was not there.
func TestUnknownNeverRaises(t *testing.T) {
	changes := map[string]func(*world){
		"git": func(w *world) {
			w.git = ownership.Observation{Source: "git", Kind: ownership.SourceGit, Unknown: "failed"}
		},
		"repository": func(w *world) {
			w.git.Repositories[0] = ownership.Repository{ID: "acme/shop", Provenance: ownership.Provenance{Unknown: "failed"}}
		},
		"codeowners": func(w *world) {
			w.git.Repositories[0].Codeowners = ownership.CodeownersFile{Provenance: ownership.Provenance{Unknown: "failed"}}
		},
		"files": func(w *world) {
			w.git.Repositories[0].Files = ownership.FileList{Provenance: ownership.Provenance{Unknown: "failed"}}
		},
		"history": func(w *world) {
			w.git.Repositories[0].History = ownership.History{Provenance: ownership.Provenance{Unknown: "failed"}}
		},
		"people": func(w *world) {
			w.people = ownership.Observation{Source: "people", Kind: ownership.SourcePeople, Unknown: "failed"}
		},
		"one team": func(w *world) {
			w.people.Teams[0] = ownership.Team{ID: "acme/web", Provenance: ownership.Provenance{Unknown: "failed"}}
		},
		"a team not listed":   func(w *world) { w.people.Teams = w.people.Teams[1:]; w.people.AllTeams = false },
		"a person not listed": func(w *world) { w.people.People = w.people.People[1:]; w.people.AllPeople = false },
	}
	before := newWorld().pass(t, policies.Names()...)
	raised := map[[3]string]bool{}
	for _, finding := range before.Findings {
		raised[[3]string{finding.Policy, finding.Subject, finding.Key}] = finding.Status == ownership.Raised
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			change(w)
			after := w.pass(t, policies.Names()...)
			for i, area := range after.Areas {
				if area.State == ownership.Unowned && before.Areas[i].State != ownership.Unowned {
					t.Errorf("%s became unowned: %+v", area.ID, area.Requirements)
				}
			}
			for _, finding := range after.Findings {
				if finding.Status == ownership.Raised && !raised[[3]string{finding.Policy, finding.Subject, finding.Key}] {
					t.Errorf("a finding is raised that was not there: %+v", finding)
				}
			}
		})
	}
}

// Equal inputs give byte-identical results, on one core and on several.
func TestPassIsDeterministic(t *testing.T) {
	first, err := json.Marshal(newWorld().pass(t, policies.Names()...))
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		again, err := json.Marshal(newWorld().pass(t, policies.Names()...))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(stripFolders(first), stripFolders(again)); diff != "" {
			t.Fatal(diff)
		}
	}
}
