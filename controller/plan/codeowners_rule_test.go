package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// repairCase is an estate and what becomes of its CODEOWNERS.
type repairCase struct {
	reason string
	estate estate
	want   string
	held   []string
}

func checkRepairs(t *testing.T, cases map[string]repairCase) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			found := candidates(test.estate.input())
			got := test.estate.rules
			if changes := unheld(found); len(changes) > 0 {
				got = test.estate.repaired(t, changes)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", test.reason, diff)
			}
			if diff := cmp.Diff(test.held, heldOf(found)); diff != "" {
				t.Errorf("%s: held (-want +got)\n%s", test.reason, diff)
			}
			after := test.estate
			after.rules, after.noRules = got, false
			if again := unheld(candidates(after.input())); len(again) > 0 {
				t.Errorf("%s: once repaired, there is more to do: %+v", test.reason, again)
			}
		})
	}
}

func TestRepairsOfARule(t *testing.T) {
	checkRepairs(t, map[string]repairCase{
		"one area, one rule": {
			reason: "the area has all that the rule decides over, so the rule is edited",
			estate: estate{rules: "/api/ @x\n", files: "api/a api/b", plots: []plot{{name: "api", paths: "api", approvers: "new"}}},
			want:   "/api/ @x @new\n",
		},
		"two areas wish the same": {
			reason: "one edit fulfils both wishes",
			estate: estate{rules: "* @x\n", files: "api/a web/b", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "web", paths: "web", approvers: "new"}}},
			want:   "* @x @new\n",
		},
		"several rules": {
			reason: "partial extent: only the rules that lack the holder are edited",
			estate: estate{rules: "/api/ @x\n/api/b @new\n/api/c @y # later\n", files: "api/a api/b api/c", plots: []plot{{name: "api", paths: "api", approvers: "new"}}},
			want:   "/api/ @x @new\n/api/b @new\n/api/c @y @new # later\n",
		},
		"several holders": {
			reason: "each is a change of its own",
			estate: estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "one two"}}},
			want:   "/api/ @x @one @two\n",
		},
		"rule without owners": {
			reason: "files that are explicitly unowned have nobody, and somebody is declared",
			estate: estate{rules: "* @x\n/gen/\n", files: "gen/a b", plots: []plot{{name: "gen", paths: "gen", approvers: "new"}}},
			want:   "* @x\n/gen/ @new\n",
		},
		"comments, CRLF, byte order mark, invalid lines": {
			reason: "whatever is not edited stays to the byte",
			estate: estate{rules: "\ufeff# owners\r\n\r\n!no @x\r\n/api/   @x   # why\r\n[z @x\r\n  # end", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "new"}}},
			want:   "\ufeff# owners\r\n\r\n!no @x\r\n/api/   @x @new   # why\r\n[z @x\r\n  # end",
		},
		"dead rules": {
			reason: "a rule that decides over nothing is nobody's business",
			estate: estate{rules: "/api/ @old\n/api @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "new"}}},
			want:   "/api/ @old\n/api @x @new\n",
		},
		"overridden": {
			reason: "the rule that decides is edited, not the one that is named after the area",
			estate: estate{rules: "/api/ @new\n*.go @x\n", files: "api/a.go", plots: []plot{{name: "api", paths: "api", approvers: "new"}}},
			want:   "/api/ @new\n*.go @x @new\n",
		},
		"known by another login": {
			reason: "people are written with their GitHub login",
			estate: estate{rules: "/api/ @acme/web\n", files: "api/a", people: []string{"ann"}, teams: []ownership.Team{team("web", "ann")}, plots: []plot{{name: "api", paths: "api", approvers: "ann"}}},
			want:   "/api/ @acme/web @ann\n",
		},
		"a schedule": {
			reason: "CODEOWNERS names people and teams",
			estate: estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "schedule:pagerduty/P1"}}},
			want:   "/api/ @x\n", held: []string{"inexpressible api+"},
		},
		"an address": {
			reason: "who is known by an address alone is written so",
			estate: estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "ann@acme.com"}}},
			want:   "/api/ @x ann@acme.com\n",
		},
		"no drift": {
			reason: "nothing is wished, so nothing is done",
			estate: estate{rules: "/api/ @new @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "new"}}},
			want:   "/api/ @new @x\n",
		},
		"binary": {
			reason: "no edit of a file that is no text is possible",
			estate: estate{rules: "* @x\n\x00", files: "api/a", plots: []plot{{name: "api", approvers: "new"}}},
			want:   "* @x\n\x00", held: []string{"inexpressible api+@new"},
		},
	})
}
