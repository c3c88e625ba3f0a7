package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/suggest"
)

// someAdvice has each thing that a suggestion can say, a hostile name among them.
func someAdvice() []suggest.Advice {
	day := func(n int) time.Time { return time.Date(2026, 10, n, 9, 0, 0, 0, time.UTC) }
	from := time.Date(2023, 11, 3, 9, 0, 0, 0, time.UTC)
	person := func(name string, share float64, commits, files int, holds ...ownership.AreaID) suggest.Suggestion {
		return suggest.Suggestion{
			Holder: ownership.Holder("user:" + name), Score: share * 10, Knowledge: share * 10, Share: share, Commits: commits, Last: day(files), Files: files,
			Holds: append([]ownership.AreaID{}, holds...),
		}
	}
	team := person("x", 0.905, 34, 12, "payments/a", "payments/b", "payments/c", "payments/d")
	team.Holder, team.Members, team.Knowing = "team:acme/payments", 6, []ownership.Holder{"user:ada", "user:bob", "user:cyd", "user:dan"}
	doubtful := person("eve", 0.004, 1, 1)
	doubtful.Doubt = "the list of people is not complete"
	return []suggest.Advice{
		{
			Subject: suggest.Subject{Area: "payments/checkout", State: ownership.Unowned, Files: 14, Unowned: 14},
			Result: suggest.Result{
				Commits: 46, From: from, Teams: []suggest.Suggestion{team},
				People: []suggest.Suggestion{person("ada", 0.61, 20, 9, "payments/a"), person("bob", 0.294, 14, 5), doubtful, person("last", 0.001, 1, 1)},
				LeftOut: []suggest.LeftOut{
					{Holder: "user:gone", Reason: "left on 2026-09-30", Commits: 9, Last: day(1)},
					{Holder: "user:helper[bot]", Reason: "it is a bot, by its name", Commits: 3, Last: day(2)},
				},
			},
			Owners: map[ownership.Holder]int{"user:bob": 1},
		},
		{
			Subject: suggest.Subject{Area: "repository:acme/shop", State: ownership.Partial, Repository: "acme/shop", Folder: "tools/\x1b[2Jevil\u202e/", Files: 1, Unowned: 1},
			Result: suggest.Result{Commits: 1, From: from, Unknown: "repository acme/shop: the clone is shallow", LeftOut: []suggest.LeftOut{},
				Teams: []suggest.Suggestion{}, People: []suggest.Suggestion{person("a-very-long-address-of-somebody@department.acme.example", 1, 1, 1)}},
		},
		{
			Subject: suggest.Subject{Area: "company/releases", State: ownership.Unowned},
			Result:  suggest.Result{LeftOut: []suggest.LeftOut{}, Teams: []suggest.Suggestion{}, People: []suggest.Suggestion{}}, Note: "it has no files, so nobody's work can tell",
		},
	}
}

func TestSuggestions(t *testing.T) {
	many := []suggest.Advice{}
	for i := range 13 {
		one := someAdvice()[2]
		one.Area = ownership.AreaID(fmt.Sprintf("company/duty%02d", i))
		many = append(many, one)
	}
	cases := map[string]struct {
		advice  []suggest.Advice
		options SuggestionOptions
	}{
		"suggestions_rich.txt":   {someAdvice(), SuggestionOptions{Options: Options{Next: []string{"ask acme/payments"}}}},
		"suggestions_narrow.txt": {someAdvice(), SuggestionOptions{Options: Options{Width: 60}, Only: "acme/shop"}},
		"suggestions_color.txt":  {someAdvice(), SuggestionOptions{Options: Options{Color: true, Verbose: true}, Asked: true}},
		"suggestions_many.txt":   {many, SuggestionOptions{}},
		"suggestions_none.txt":   {nil, SuggestionOptions{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := Suggestions(&out, c.advice, c.options); err != nil {
				t.Fatal(err)
			}
			golden(t, name, out.Bytes())
			for line := range strings.SplitSeq(out.String(), "\n") {
				if width := c.options.Width; width > 0 && cells(line) > width {
					t.Errorf("%q is wider than %d", line, width)
				}
			}
			if strings.Contains(out.String(), "\x1b[2J") || strings.Contains(out.String(), "\u202e") {
				t.Error("a name steers the terminal")
			}
		})
	}
}

func TestSuggestionsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := SuggestionsJSON(&out, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), someAdvice()); err != nil {
		t.Fatal(err)
	}
	golden(t, "suggestions_rich.json", out.Bytes())
	out.Reset()
	if err := SuggestionsJSON(&out, time.Time{}, nil); err != nil || !strings.Contains(out.String(), `"places": []`) {
		t.Errorf("%v: %s", err, out.String())
	}
}
