package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func (h *Holder) told() []string {
	var told []string
	for _, held := range h.Holds {
		text := fmt.Sprintf("%s %s %s", held.Area, held.Role, held.Status)
		for _, declared := range held.Declared {
			text += " by " + declared.By
		}
		for _, observed := range held.Observed {
			text += fmt.Sprintf(" in %s %d/%d", observed.Source, observed.Files, observed.Total)
		}
		for _, drift := range held.Drift {
			text += fmt.Sprintf(" but %s %s", drift.Kind, drift.Reason)
		}
		for _, by := range held.By {
			text += " instead " + string(by.Holder)
		}
		told = append(told, text)
	}
	return told
}

func TestHolds(t *testing.T) {
	acting := header + `RoleAssignment
metadata: {name: acting, namespace: web}
spec: {area: checkout, role: deputy, holders: ["user:ann-gh"]}
` + header + `RoleAssignment
metadata: {name: was, namespace: web}
spec: {area: shop, role: deputy, holders: ["user:bob"], validUntil: "2026-01-01T00:00:00Z"}
`
	tests := map[string]struct {
		reason, ask string
		want        []string
	}{
		"team": {"declared, inherited and observed", "team:acme/web", []string{
			"web/checkout accountable holds by area web/shop",
			"web/checkout approver holds by area web/shop but missing not-observed",
			"web/shop accountable holds by area web/shop",
			"web/shop approver holds by area web/shop in git 2/3 but missing partial-extent",
		}},
		"observed alone": {"nobody declares it", "team:acme/pay", []string{"web/checkout approver holds in git 1/2"}},
		"replaced":       {"an assignment stands above, and one has ended", "user:bob", []string{"web/checkout deputy replaced by area web/checkout instead user:ann", "web/shop deputy ended by roleassignment web/was"}},
		"by another name": {"the login is ann's", "@ann-gh", []string{
			"web/checkout approver holds in git 1/2", "web/checkout deputy holds by roleassignment web/acting",
		}},
		"left": {"holds what is void", "gone", []string{"web/shop approver holds in git 1/3 but invalid left"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, newWorld().add(acting).ask(t, test.ask).Holder.told()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestHolder(t *testing.T) {
	ann := newWorld().ask(t, "Ann Lee").Holder
	if ann.Person.Logins["github"] != "ann-gh" || ann.Standing.Status != Alive || ann.Team != nil {
		t.Errorf("%+v", ann)
	}
	if diff := cmp.Diff([]Membership{{Team: "team:acme/readers"}, {Team: "team:acme/web", Name: "Web", Maintainer: true}}, ann.Teams); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Through{{"team:acme/web", []ownership.Role{ownership.Accountable, ownership.Approver}, []ownership.AreaID{"web/checkout", "web/shop"}}}, ann.Through); diff != "" {
		t.Error(diff)
	}
	bob := newWorld().ask(t, "bob").Holder
	if len(bob.Teams) != 2 || bob.Load.Areas != 1 || bob.Load.Roles[ownership.Deputy] != 1 {
		t.Errorf("%+v", bob)
	}
	web := newWorld().ask(t, "@acme/web").Holder
	var members []string
	for _, member := range web.Team.Members {
		members = append(members, fmt.Sprintf("%s %v %s", member.Holder, member.Maintainer, member.Standing.Status))
	}
	if diff := cmp.Diff([]string{"user:ann true alive", "user:bob false alive", "user:gone false dead"}, members); diff != "" {
		t.Error(diff)
	}
	if web.Standing.Members != 3 || web.Standing.ActiveMembers != 2 || web.Team.Children[0] != "team:acme/pay" || web.Load.Areas != 2 {
		t.Errorf("%+v", web)
	}
}

// A rule that names somebody is told even where nothing hangs on it.
func TestNamed(t *testing.T) {
	w := newWorld()
	w.codeowners = "/nothing/ @ann-gh\n" + w.codeowners
	named := w.ask(t, "user:ann").Holder.Named
	if diff := cmp.Diff([]Rule{{Location: ownership.Location{Repository: "acme/shop", File: ".github/CODEOWNERS", Line: 1}, Pattern: "/nothing/"}}, named); diff != "" {
		t.Error(diff)
	}
}

func TestStanding(t *testing.T) {
	tests := map[string]struct {
		reason, ask, area string
		change            func(*world)
		// want is status, reason, exists, active, access as an approver of web/checkout.
		want string
	}{
		"alive":        {"all is known and well", "team:acme/web", "web/checkout", nil, "alive  yes yes yes"},
		"a person":     {"whose access no source lists", "user:ann", "web/checkout", nil, "alive  yes yes unchecked"},
		"no access":    {"it may not write", "team:acme/pay", "web/checkout", func(w *world) { w.people.Teams[1].Parent = "" }, "dead no-access yes yes no"},
		"secret":       {"it may not own code", "team:acme/pay", "web/checkout", func(w *world) { w.people.Teams[1].Secret = true }, "dead secret yes yes no"},
		"left":         {"the last day is over", "user:gone", "web/shop", nil, "dead left yes no unchecked"},
		"absent":       {"the list is complete", "team:acme/pay", "web/checkout", func(w *world) { w.people.Teams = w.people.Teams[:1] }, "dead absent no no "},
		"doubtful":     {"the list is not complete", "team:acme/pay", "web/checkout", func(w *world) { w.people.Teams, w.people.AllTeams = w.people.Teams[:1], false }, "doubtful  unknown unknown "},
		"unread":       {"it could not be read whole", "team:acme/pay", "web/checkout", func(w *world) { w.people.Teams[1].Unknown = "cut off" }, "doubtful  yes unknown unknown"},
		"empty":        {"nobody is in it", "team:acme/pay", "web/checkout", func(w *world) { w.people.Teams[1].Members = nil }, "dead empty yes no yes"},
		"not checked":  {"no source lists people", "team:acme/pay", "web/checkout", func(w *world) { w.people = ownership.Observation{} }, "unchecked  unchecked unchecked "},
		"no one's":     {"a schedule is not checked yet", "schedule:pagerduty/P1", "web/checkout", nil, "unchecked  unchecked unchecked "},
		"unlisted, ok": {"permissions are not known", "team:acme/web", "web/checkout", func(w *world) { w.people.AllPermissions = false }, "alive  yes yes yes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			if test.change != nil {
				test.change(w)
			}
			x := newExplainer(w.outcome(t))
			area, _ := x.result(ownership.AreaID(test.area))
			got := x.standingIn(ownership.Holder(test.ask), ownership.Approver, area)
			if told := strings.Join([]string{string(got.Status), got.Reason, string(got.Exists), string(got.Active), string(got.Access)}, " "); told != test.want {
				t.Errorf("%s: got %q, want %q", test.reason, told, test.want)
			}
			if (got.Status == Dead || got.Status == Doubtful) && got.Message == "" {
				t.Error("nothing says why")
			}
		})
	}
}
