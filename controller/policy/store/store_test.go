package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
)

type team struct {
	Members []string          `json:"members"`
	Parent  string            `json:"parent"`
	Access  map[string]string `json:"access"`
}

type clock struct {
	Hour int `json:"hour"`
}

type data struct {
	Teams map[string]team `json:"teams"`
	Clock clock           `json:"clock"`
}

func documents() *data {
	return &data{
		Teams: map[string]team{
			"team:a/b": {Members: []string{"user:x", "user:y"}, Parent: "team:a/c", Access: map[string]string{"a/r": "write"}},
			"team:a/c": {},
			"7":        {Parent: "seven"},
		},
		Clock: clock{Hour: 9},
	}
}

func newStore(t testing.TB, unknown ...Unknown) *Store {
	t.Helper()
	s, err := New(documents(), unknown...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReads runs rules on the store and compares exactly which paths they read.
func TestReads(t *testing.T) {
	const team = `data.remit.teams["team:a/b"]`
	cases := map[string]struct {
		query string
		want  []string
		value string
	}{
		"field":             {team + ".members", []string{"/remit/teams/team:a~1b/members"}, `["user:x", "user:y"]`},
		"through a local":   {`t := "team:a/b"; x := data.remit.teams[t].parent`, []string{"/remit/teams/team:a~1b/parent"}, ""},
		"element":           {team + ".members[1]", []string{"/remit/teams/team:a~1b/members/1"}, `"user:y"`},
		"each element":      {`some m in ` + team + `.members`, []string{"/remit/teams/team:a~1b/members"}, ""},
		"deep":              {team + `.access["a/r"]`, []string{"/remit/teams/team:a~1b/access/a~1r"}, `"write"`},
		"deep and absent":   {`not ` + team + `.access["a/s"]`, []string{"/remit/teams/team:a~1b/access/a~1s"}, "true"},
		"whole document":    {`count(` + team + `) == 3`, []string{"/remit/teams/team:a~1b"}, "true"},
		"document in local": {`t := ` + team + `; t.parent == "team:a/c"; count(t.members) == 2`, []string{"/remit/teams/team:a~1b"}, ""},
		"absent":            {`not data.remit.teams["team:a/z"].members`, []string{"/remit/teams/team:a~1z/members"}, "true"},
		"absent below":      {`not ` + team + `.members.first`, []string{"/remit/teams/team:a~1b/members/first"}, "true"},
		"below a scalar":    {`not data.remit.clock.hour.minute`, []string{"/remit/clock/hour/minute"}, "true"},
		"no such document":  {`not data.remit.other.x`, []string{"/remit/other/x"}, "true"},
		"outside":           {`not data.other.x`, []string{"/other/x"}, "true"},
		"two":               {team + `.parent == "team:a/c"; data.remit.clock.hour == 9`, []string{"/remit/teams/team:a~1b/parent", "/remit/clock/hour"}, ""},
		"twice":             {team + `.parent == "team:a/c"; ` + team + `.parent != ""`, []string{"/remit/teams/team:a~1b/parent"}, ""},
		"all":               {`count(data.remit.teams) == 3`, []string{"/remit/teams"}, "true"},
		"through all":       {`some h; data.remit.teams[h].parent == "team:a/c"`, []string{"/remit/teams"}, ""},
		"key like a number": {`data.remit.teams["7"].parent`, []string{"/remit/teams/7/parent"}, `"seven"`},
		"number as a key":   {`data.remit.teams[7].parent`, []string{"/remit/teams/7/parent"}, `"seven"`},
		"everything":        {`count(data.remit) == 2`, []string{"/remit"}, "true"},
		"replaced":          {`data.remit.clock.hour == 3 with data.remit.clock.hour as 3`, nil, "true"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			view := s.View()
			query, err := rego.New(rego.Query(c.query), rego.Store(s)).PrepareForEval(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			view.Reset()
			results, err := query.Eval(context.Background(), rego.EvalTransaction(view), rego.EvalBaseCache(view))
			if err != nil {
				t.Fatal(err)
			}
			if len(results) == 0 {
				t.Fatal("undefined")
			}
			if c.value != "" {
				got, err := ast.InterfaceToValue(results[0].Expressions[0].Value)
				if err != nil || got.String() != c.value {
					t.Errorf("got %v, %v, want %s", got, err, c.value)
				}
			}
			var got []string
			for _, read := range view.Reads() {
				got = append(got, read.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	cases := map[string]struct {
		unknown Unknown
		read    string
		want    string
		reason  string
	}{
		"inside":                 {Unknown{Path: []string{"remit", "teams"}, Because: "gone"}, `data.remit.teams["team:a/b"].members`, "gone", "all of teams is unknown"},
		"inside, absent":         {Unknown{Path: []string{"remit", "teams"}, Because: "gone"}, `data.remit.teams["team:z/z"].members`, "gone", "absence is not proved"},
		"itself":                 {Unknown{Path: []string{"remit", "clock", "hour"}, Because: "gone"}, `data.remit.clock.hour`, "gone", "that path"},
		"above":                  {Unknown{Path: []string{"remit", "teams", "team:a/b", "members"}, Because: "gone"}, `data.remit.teams["team:a/b"]`, "gone", "what is read contains it"},
		"beside":                 {Unknown{Path: []string{"remit", "teams", "team:a/b", "members"}, Because: "gone"}, `data.remit.teams["team:a/b"].parent`, "", "another field"},
		"another":                {Unknown{Path: []string{"remit", "teams", "team:a/b"}, Because: "gone"}, `data.remit.teams["team:a/c"].parent`, "", "another team"},
		"no reason":              {Unknown{Path: []string{"remit", "clock"}}, `data.remit.clock.hour`, "it could not be read", "there is always a reason"},
		"incomplete, listed":     {Unknown{Path: []string{"remit", "teams"}, Because: "cut", Incomplete: true}, `data.remit.teams["team:a/b"].parent`, "", "what is listed is known"},
		"incomplete, not listed": {Unknown{Path: []string{"remit", "teams"}, Because: "cut", Incomplete: true}, `data.remit.teams["team:z/z"].parent`, "cut", "it may be in the part that is missing"},
		"incomplete, whole":      {Unknown{Path: []string{"remit", "teams"}, Because: "cut", Incomplete: true}, `data.remit.teams`, "cut", "the whole is not there"},
		"whole":                  {Unknown{Path: []string{"remit", "teams"}, Because: "cut", Whole: true}, `data.remit.teams`, "cut", "there may be more of them"},
		"whole, a key":           {Unknown{Path: []string{"remit", "teams"}, Because: "cut", Whole: true}, `data.remit.teams["team:z/z"].parent`, "", "of each it is known whether it is there"},
		"incomplete, beside":     {Unknown{Path: []string{"remit", "teams"}, Because: "cut", Incomplete: true}, `data.remit.clock.hour`, "", "another document"},
	}
	for name, c := range cases {
		for kind, view := range map[string]*View{"recorded": newStore(t, c.unknown).View(), "unrecorded": newStore(t, c.unknown).Unrecorded()} {
			t.Run(name+" "+kind, func(t *testing.T) {
				for range 2 {
					view.Get(ast.MustParseRef(c.read))
				}
				var got []string
				for _, unknown := range view.Unknown() {
					got = append(got, unknown.Because)
				}
				var want []string
				if c.want != "" {
					want = []string{c.want}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s:\n%s", c.reason, diff)
				}
				if view.Reset(); len(view.Unknown()) != 0 || len(view.Reads()) != 0 {
					t.Error("Reset leaves something")
				}
			})
		}
	}
}

// TestManyReads: more reads than are compared one by one, each still once.
func TestManyReads(t *testing.T) {
	view := newStore(t).View()
	for round := range 3 {
		view.Reset()
		for range 2 {
			for i := range 50 {
				view.Get(ast.MustParseRef(fmt.Sprintf("data.remit.teams[\"t%d\"].members", i)))
			}
		}
		if got := len(view.Reads()); got != 50 {
			t.Errorf("round %d: %d reads", round, got)
		}
	}
}

func TestRead(t *testing.T) {
	path := []string{"remit", "teams", "a/b~c", "access", "deep", "deeper"}
	read := ReadOf(path...)
	if diff := cmp.Diff(path, read.Path()); diff != "" {
		t.Error(diff)
	}
	if want := "/remit/teams/a~1b~0c/access/deep/deeper"; read.String() != want {
		t.Errorf("got %s", read)
	}
	if ReadOf("a") == ReadOf("a", "") || ReadOf() != (Read{}) || ReadOf().String() != "/" {
		t.Error("an empty segment is one too")
	}
	if ReadOf("a", "b").Compare(ReadOf("a", "c")) >= 0 || ReadOf("a").Compare(ReadOf("a", "b")) >= 0 || read.Compare(read) != 0 {
		t.Error("order")
	}
}

// TestReadOnly: nothing can be written, and OPA gets what it asks for through
// the interface of a store too.
func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	var s storage.Store = newStore(t)
	txn, err := s.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Read(ctx, txn, storage.Path{"remit", "teams", "team:a/b", "members", "0"})
	if !storage.IsNotFound(err) {
		t.Errorf("an index is a number: got %v, %v", got, err)
	}
	got, err = s.Read(ctx, txn, storage.Path{"remit", "teams", "team:a/b", "parent"})
	if err != nil || !ast.String("team:a/c").Equal(got.(ast.Value)) {
		t.Errorf("got %v, %v", got, err)
	}
	got, err = s.Read(ctx, txn, storage.Path{})
	if want := `{"remit": {"clock": {"hour": 9}`; err != nil || !strings.HasPrefix(fmt.Sprint(got), want) {
		t.Errorf("got %v, %v", got, err)
	}
	for name, err := range map[string]error{
		"write":    s.Write(ctx, txn, storage.AddOp, storage.Path{"x"}, 1),
		"truncate": s.Truncate(ctx, txn, storage.TransactionParams{}, nil),
		"policy":   s.UpsertPolicy(ctx, txn, "x", nil),
	} {
		if err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	if err := s.Commit(ctx, txn); err != nil {
		t.Error(err)
	}
	s.Abort(ctx, txn)
}

func TestNewRefuses(t *testing.T) {
	for name, data := range map[string]any{
		"no struct": map[string]string{}, "nil": (*data)(nil),
		"no name": struct{ X string }{},
		"channel": struct{ X chan int }{},
		"other keys": struct {
			X map[int]string `json:"x"`
		}{},
	} {
		if _, err := New(data); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}

// TestConcurrent reads everything from many goroutines (for the race detector).
func TestConcurrent(t *testing.T) {
	s := newStore(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			view := s.View()
			for range 100 {
				view.Reset()
				for _, ref := range []string{`data.remit.teams["team:a/b"].members`, `data.remit.teams`, `data.remit.clock.hour`, `data.remit`} {
					if value := view.Get(ast.MustParseRef(ref)); value == nil || value.Hash() == 0 {
						t.Error("nothing at " + ref)
						return
					}
				}
			}
		})
	}
	group.Wait()
}
