package explain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestLayers(t *testing.T) {
	assignment := func(name, role, holders, more string) string {
		return header + "RoleAssignment\nmetadata: {name: " + name + ", namespace: web}\nspec: {area: checkout, role: " + role + ", holders: [" + holders + "]" + more + "}\n"
	}
	declares := header + `ResponsibilityPolicy
metadata: {name: stand-in}
spec:
  rego: |
    # METADATA
    # title: Somebody stands in
    # custom: {severity: low, subject: area}
    package remit.policies.stand_in

    declare contains {"role": "deputy", "holder": "user:ann", "reason": "Ann helps"} if input.area.name == "checkout"
`
	tests := map[string]struct {
		reason, add     string
		role            ownership.Role
		holders, layers string
		idle            string
	}{
		"inherited": {"the parent alone says something", "", ownership.Accountable,
			"team:acme/web by area web/shop", "parent counts team:acme/web", ""},
		"assigned": {"an assignment in force stands above the area", assignment("acting", "deputy", `"user:ann"`, ""), ownership.Deputy,
			"user:ann by roleassignment web/acting", "roleassignment counts user:ann; area replaced user:bob", ""},
		"added": {"it adds to what is below", assignment("also", "deputy", `"user:ann"`, ", add: true"), ownership.Deputy,
			"user:ann by roleassignment web/also; user:bob by area web/checkout", "roleassignment counts user:ann; area counts user:bob", ""},
		"ended": {"it is over", assignment("was", "deputy", `"user:ann"`, `, validUntil: "2026-03-02T09:00:00Z"`), ownership.Deputy,
			"user:bob by area web/checkout", "area counts user:bob", "web/was ended"},
		"not yet": {"it is to come", assignment("soon", "deputy", `"user:ann"`, `, validFrom: "2026-03-02T09:00:01Z"`), ownership.Deputy,
			"user:bob by area web/checkout", "area counts user:bob", "web/soon not-yet"},
		"suspended": {"it is switched off", assignment("paused", "deputy", `"user:ann"`, `, suspend: true`), ownership.Deputy,
			"user:bob by area web/checkout", "area counts user:bob", "web/paused suspended"},
		"refused": {"two are more than the role allows", assignment("two", "accountable", `"user:ann", "user:bob"`, ""), ownership.Accountable,
			"", "roleassignment refused user:ann user:bob; parent replaced team:acme/web", ""},
		"by policy": {"below the area", declares, ownership.Deputy,
			"user:bob by area web/checkout", "area counts user:bob; policy replaced user:ann", ""},
		"nobody": {"nothing says anything", "", ownership.Informed, "", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			area := newWorld().add(test.add).ask(t, "web/checkout").Area
			role := area.role(t, test.role)
			holders, layers := says(role)
			idle := ""
			for _, assignment := range role.Idle {
				idle += assignment.Name + " " + string(assignment.Status)
			}
			if diff := cmp.Diff([]string{test.holders, test.layers, test.idle}, []string{holders, layers, idle}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestArea(t *testing.T) {
	area := newWorld().ask(t, "web/checkout").Area
	if area.State != ownership.Partial || len(area.Ancestors) != 1 || area.Ancestors[0] != "web/shop" || area.Location.Line == 0 {
		t.Errorf("%+v", area)
	}
	if diff := cmp.Diff([]Scope{{Repository: "acme/shop", Patterns: []string{"/checkout/"}}}, area.Scope); diff != "" {
		t.Error(diff)
	}
	approver := area.role(t, ownership.Approver)
	holders, layers := says(approver)
	if holders != "team:acme/web by area web/shop; team:acme/pay in git; user:ann in git" || layers != "parent counts team:acme/web" {
		t.Errorf("%s; %s", holders, layers)
	}
	pay := approver.Holders[1]
	if diff := cmp.Diff([]Rule{{ownership.Location{Repository: "acme/shop", File: ".github/CODEOWNERS", Line: 2}, "/checkout/", 1}}, pay.Observed[0].Rules); diff != "" {
		t.Error(diff)
	}
	if pay.Observed[0].Files != 1 || pay.Observed[0].Total != 2 || !pay.Observed[0].Authoritative || pay.Observed[0].Unit != "files" {
		t.Errorf("%+v", pay.Observed)
	}
	if missing := approver.Holders[0].Drift; len(missing) != 1 || missing[0].Kind != ownership.Missing {
		t.Errorf("nobody observes the declared approver: %+v", missing)
	}
	if !approver.Required || approver.Status != ownership.PartlyUnmet || !approver.Decided || area.role(t, ownership.Deputy).Decided {
		t.Errorf("%+v", approver)
	}
	if len(area.Unknown) != 0 {
		t.Errorf("all is known, but not %v", area.Unknown)
	}
}

// What policies read and found is told, whatever became of them.
func TestPolicies(t *testing.T) {
	policy := func(name, rest string) string {
		return header + "ResponsibilityPolicy\nmetadata: {name: " + name + "}\nspec:\n  rego: |\n    # METADATA\n    # title: " + name + "\n    # custom: {severity: high, subject: area}\n    package remit.policies." + strings.ReplaceAll(name, "-", "_") + "\n\n    " + rest + "\n"
	}
	w := newWorld().add(policy("silent", `deny contains {"key": "k", "message": "m"} if data.remit.teams["team:acme/web"].members == []`) +
		policy("loud", `warn contains {"key": "k", "message": "look"} if input.area.name == "checkout"`) +
		policy("failing", `deny contains {"key": "k", "message": "m"} if to_number(input.area.name) > 1`) +
		policy("doubting", `deny contains {"key": "k", "message": "m"} if count(input.observed.approver) == 0`) +
		policy("broken", `deny contains {"key": "k", "message": "m"} if input.area.nme == ""`) +
		policy("stand-in", `declare contains {"role": "informed", "holder": "user:ann"} if count(input.declared.deputy) > 0`) +
		strings.Replace(policy("spared", `deny contains {"key": "k", "message": "old"} if true`), "  rego:", "  exemptions: [{subject: web/checkout, owner: \"user:bob\", reason: soon, expires: \"2027-01-01T00:00:00Z\"}]\n  rego:", 1))
	w.git.Repositories = nil
	outcome := w.outcome(t)
	answer, err := Explain(outcome, Question{Text: "web/checkout"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, policy := range answer.Area.Policies {
		text := policy.Policy
		for _, finding := range policy.Findings {
			text += ", " + string(finding.Status) + " " + finding.Message
		}
		for _, declared := range policy.Declared {
			text += ", declares " + string(declared.Holder) + " " + string(declared.Role)
		}
		if policy.Undetermined != "" {
			text += ", could not tell"
		}
		if policy.Failure != "" {
			text += ", failed"
		}
		got = append(got, text+": "+strings.Join(append(policy.Input, policy.Data...), " "))
	}
	want := []string{
		"loud, raised look: input.area.name",
		"broken, failed: ",
		"failing, failed: input.area.name",
		"spared, exempt old: ",
		"stand-in, declares user:ann informed: input.declared.deputy",
		"doubting: input.observed.approver",
		`silent: data.remit.teams["team:acme/web"].members`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is unknown is said, and never passes for nobody.
func TestUnknown(t *testing.T) {
	tests := map[string]struct {
		reason string
		change func(*world)
		want   []string
	}{
		"no repository": {"no source sees it", func(w *world) { w.codeowners = "-" },
			[]string{"who is observed as approver", "who owns the files", "who worked there"}},
		"people unread": {"nobody knows whether they exist", func(w *world) { w.people.AllPeople, w.people.AllTeams, w.people.Teams = false, false, nil },
			[]string{"whether team:acme/web can hold accountable", "whether team:acme/web can hold approver", "whether team:acme/pay can hold approver"}},
		"all known": {"nothing is unknown", func(*world) {}, nil},
		"policy fails": {"what it would declare is not known", func(w *world) {
			w.add(header + "ResponsibilityPolicy\nmetadata: {name: p}\nspec:\n  rego: |\n    # METADATA\n    # title: P\n    # custom: {severity: low, subject: area}\n    package remit.policies.p\n\n    declare contains {\"role\": \"informed\", \"holder\": \"user:ann\"} if to_number(input.area.name) > 1\n")
		}, []string{"who is declared accountable", "who is declared responsible", "who is declared approver", "who is declared oncall", "who is declared consulted", "who is declared informed"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			test.change(w)
			area := w.ask(t, "web/checkout").Area
			var got []string
			for _, unknown := range area.Unknown {
				got = append(got, unknown.What)
				if unknown.Because == "" {
					t.Errorf("%s is unknown for no reason", unknown.What)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// An area without an entity is not expected in a catalog.
func TestDecidedWhereThereAreEntities(t *testing.T) {
	w := newWorld()
	w.files = append(w.files, "checkout/catalog-info.yaml")
	w.catalog = &ownership.Observation{Source: "catalog", Kind: ownership.SourceCatalog, At: now, Catalogs: []ownership.Catalog{{
		Repository: "acme/shop", Provenance: known("catalog"), Entities: []ownership.Entity{{
			Ref: "component:default/pay", File: "checkout/catalog-info.yaml", Line: 1, Provenance: known("catalog"),
			Owners: []ownership.EntityOwner{{Ref: "group:default/pay", Holder: "team:acme/pay", Line: 4}},
		}},
	}}}
	for area, want := range map[string]bool{"web/checkout": true, "web/shop": false} {
		role := w.ask(t, area).Area.role(t, ownership.Accountable)
		w.git.Repositories = nil
		if role.Decided != want {
			t.Errorf("%s: decided is %v: %+v", area, role.Decided, role)
		}
	}
}
