package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func planOf(text string, change func(*Input), candidates ...candidate) ownership.Plan {
	in := scene(areaOf("shop", "ann", "bob", "zoe"))
	in.Snapshot = sceneOf(text, nil)
	if change != nil {
		change(&in)
	}
	return decide(in, candidates)
}

func TestMoved(t *testing.T) {
	bob, cyd := adding("shop", "bob", 1), adding("shop", "cyd", 1)
	at := func(line int) func(*candidate) { return func(c *candidate) { c.Line = line } }
	text := "* @ann @zoe\n"
	cases := map[string]struct {
		reason   string
		old, now ownership.Plan
		want     []string
	}{
		"Nothing": {reason: "equal hashes", old: planOf(text, nil, bob), now: planOf(text, nil, bob)},
		"Prose": {
			reason: "another reason is no other plan", old: planOf(text, nil, bob),
			now: planOf(text, nil, bob.with(func(c *candidate) { c.Reason = "said otherwise" })),
		},
		"Edited": {
			reason: "a person edited the file between", old: planOf(text, nil, bob), now: planOf("# note\n"+text, nil, bob.with(at(2))),
			want: []string{"acme/shop .github/CODEOWNERS was edited since", "adding @bob to acme/shop .github/CODEOWNERS:1 is at line 2 now"},
		},
		"EditedOnly": {
			reason: "even where the change is the same", old: planOf(text, nil, bob), now: planOf(text+"# note\n", nil, bob),
			want: []string{"acme/shop .github/CODEOWNERS was edited since"},
		},
		"Created": {
			reason: "there was no file", old: planOf("", nil, bob), now: planOf(text, nil, bob),
			want: []string{"acme/shop .github/CODEOWNERS was created since"},
		},
		"Removed": {
			reason: "there is none now", old: planOf(text, nil, bob), now: planOf("", nil, bob),
			want: []string{"acme/shop .github/CODEOWNERS was removed since"},
		},
		"Line": {
			reason: "its text too", old: planOf(text, nil, bob.with(func(c *candidate) { c.After = "* @ann @zoe @bob" })),
			now:  planOf(text, nil, bob.with(func(c *candidate) { c.After = "* @ann @bob @zoe" })),
			want: []string{`adding @bob to acme/shop .github/CODEOWNERS:1 would write "* @ann @bob @zoe" now, and not "* @ann @zoe @bob"`},
		},
		"Mode": {
			reason: "who accepted a proposal has not accepted that it is enforced",
			old:    planOf(text, func(in *Input) { in.MaxMode = ownership.Propose }, bob), now: planOf(text, nil, bob),
			want: []string{"adding @bob to acme/shop .github/CODEOWNERS:1 has the mode Enforce now, and not Propose"},
		},
		"New": {
			reason: "more drift", old: planOf(text, nil, bob), now: planOf(text, nil, bob, cyd),
			want: []string{"adding @cyd to acme/shop .github/CODEOWNERS:1 is new"},
		},
		"Gone": {
			reason: "somebody closed it by hand", old: planOf(text, nil, bob, cyd), now: planOf(text, nil, bob),
			want: []string{"adding @cyd to acme/shop .github/CODEOWNERS:1 is not needed any more"},
		},
		"Held": {
			reason: "a fact became unknown", old: planOf(text, nil, bob, cyd), now: planOf(text, nil, bob, unknown(cyd)),
			want: []string{"adding @cyd to acme/shop .github/CODEOWNERS:1 is held now (unknown): the people could not be read; nothing is changed while that is unknown"},
		},
		"Freed": {
			reason: "and is known again", old: planOf(text, nil, bob, unknown(cyd)), now: planOf(text, nil, bob, cyd),
			want: []string{"adding @cyd to acme/shop .github/CODEOWNERS:1 was held (unknown) and is not any more"},
		},
		"Rule": {
			reason: "a rule that is added has no line yet", old: planOf(text, nil),
			now: planOf(text, nil, bob.with(func(c *candidate) {
				c.Operation, c.Line, c.Pattern, c.Owners = ownership.AddRule, 0, "/a/", []string{"@ann", "@bob"}
			})),
			want: []string{`adding the rule "/a/ @ann @bob" to acme/shop .github/CODEOWNERS is new`},
		},
		"Removal": {
			reason: "removals are named so", old: planOf(text, nil), now: planOf(text, nil, removing("shop", "ann", 1)),
			want: []string{"removing @ann from acme/shop .github/CODEOWNERS:1 is new"},
		},
		"Twice": {
			reason: "there is always an answer", old: planOf(text, nil, bob), now: planOf(text, nil, bob, bob),
			want: []string{"the changes are the same, in another order or number"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Moved(tc.old, tc.now)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

// Where only the preconditions are left of a plan, what moved of its files can still be told.
func TestMovedFiles(t *testing.T) {
	old := planOf("* @ann @zoe\n", nil, adding("shop", "bob", 1))
	if got := MovedFiles(old.Preconditions, old); got != nil {
		t.Errorf("nothing moved, got %q", got)
	}
	now := planOf("* @ann\n", nil, adding("shop", "bob", 1))
	if diff := cmp.Diff([]string{"acme/shop .github/CODEOWNERS was edited since"}, MovedFiles(old.Preconditions, now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadPlan(t *testing.T) {
	saved := planOf("* @ann @zoe\n", nil, adding("shop", "bob", 1), unknown(adding("shop", "cyd", 1)))
	text, err := json.Marshal(saved)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadPlan(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(saved, got); diff != "" {
		t.Errorf("read otherwise than saved (-want +got):\n%s", diff)
	}
	cases := map[string]struct{ reason, old, changed, want string }{
		"More":    {"a face may show more than the plan", `{"hash"`, `{"kind":"Plan","diff":"...","hash"`, ""},
		"Reason":  {"prose may be cut", `"reason":""`, `"reason":"none"`, ""},
		"Edited":  {"the text was changed by hand", `"@bob"`, `"@eve"`, "its changes give"},
		"Digest":  {"so were the preconditions", `"digest":"`, `"digest":"00`, "its changes give"},
		"NoHash":  {"it is some other JSON", `{"hash":"` + saved.Hash + `"`, `{"name":"x"`, "no hash"},
		"NoJSON":  {"it is the table", `{"hash"`, `PLAN`, "it is no JSON from byte 1 on"},
		"Another": {"it is another kind of JSON", string(text), `[1]`, "cannot unmarshal"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(string(text), tc.old, tc.changed, 1)
			if changed == string(text) {
				t.Fatalf("the plan has no %s", tc.old)
			}
			got, err := ReadPlan(strings.NewReader(changed))
			if tc.want == "" {
				if err != nil || Moved(got, saved) != nil {
					t.Errorf("%s: %v", tc.reason, err)
				}
				return
			}
			if !errors.Is(err, ErrSavedPlan) || !strings.Contains(fmt.Sprint(err), tc.want) {
				t.Errorf("%s: want ErrSavedPlan with %q, got %v", tc.reason, tc.want, err)
			}
		})
	}
	if _, err := ReadPlan(endless{}); !errors.Is(err, ErrSavedPlan) {
		t.Errorf("reading without end: %v", err)
	}
}

func FuzzReadPlan(f *testing.F) {
	text, _ := json.Marshal(planOf("* @ann @zoe\n", nil, adding("shop", "bob", 1)))
	f.Add(string(text))
	f.Add(`{"hash":"x","changes":[{}],"held":[{}],"preconditions":[{}]}`)
	now := planOf("* @ann\n", nil, removing("shop", "ann", 1))
	f.Fuzz(func(t *testing.T, text string) {
		saved, err := ReadPlan(strings.NewReader(text))
		if err != nil {
			return
		}
		if moved := Moved(saved, now); (len(moved) == 0) != (saved.Hash == now.Hash) {
			t.Fatalf("hashes equal: %v, moved: %q", saved.Hash == now.Hash, moved)
		}
	})
}
