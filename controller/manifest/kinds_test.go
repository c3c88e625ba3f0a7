package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/remit-dev/remit/controller/ownership"
)

// loadText loads one file. Problems name it "m.yaml".
func loadText(t testing.TB, loader *Loader, text string) (*Set, []ownership.Problem) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "m.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, problems, err := loader.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range problems {
		problems[i].File = strings.TrimPrefix(problems[i].File, dir+string(filepath.Separator))
	}
	return set, problems
}

// manifestOf writes an object; spec is YAML in one line ("flow") or indented lines.
func manifestOf(kind, name, spec string) string {
	return fmt.Sprintf("apiVersion: remit.dev/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec: %s\n", kind, name, spec)
}

func repeat(n int, format string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(items, ", ")
}

type kindCase struct {
	reason string
	kind   string
	name   string // "x" where empty
	spec   string
	want   []string // the fields that have a problem; none: the object is valid
}

func checkKinds(t *testing.T, cases map[string]kindCase) {
	t.Helper()
	loader := newLoader(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			object := c.name
			if object == "" {
				object = "x"
			}
			var got []string
			// Other objects that the cases refer to come along; what is checked here is one object's own form.
			_, problems := loadText(t, loader, manifestOf(c.kind, object, c.spec))
			for _, problem := range problems {
				if problem.Warning || strings.HasPrefix(problem.Message, "there is no Area") {
					continue
				}
				got = append(got, problem.Field)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s%v", c.reason, diff, problems)
			}
		})
	}
}

func TestAreaForms(t *testing.T) {
	long := strings.Repeat("a", 300)
	checkKinds(t, map[string]kindCase{
		"Duty":           {reason: "an area without a scope is a duty", kind: "Area", spec: `{}`},
		"NullSpecParts":  {reason: "null is absent, as the server prunes it", kind: "Area", spec: `{roles: null, scope: null, parent: null}`},
		"Whole":          {reason: "everything given", kind: "Area", spec: `{description: d, tier: gold.1, parent: p.q, suspend: true, scope: {repositories: [{name: acme/.github, paths: [/a/, '*.go', 'docs/**', 'a\ b', '\[x\]']}]}, roles: [{role: release-captain, holders: ['user:A_b', 'user:a@b.c', 'team:Acme/t.x', 'schedule:pagerduty/P1'], add: true}]}`, want: []string{"spec.roles[0].role"}},
		"OwnParent":      {reason: "an area is not its own parent", kind: "Area", spec: `{parent: x}`, want: []string{"spec.parent"}},
		"ParentForm":     {reason: "a parent is an object's name", kind: "Area", spec: `{parent: shop/x}`, want: []string{"spec.parent"}},
		"LongParent":     {reason: "253 characters at most", kind: "Area", spec: `{parent: ` + long + `}`, want: []string{"spec.parent"}},
		"EmptyTier":      {reason: "what is not known is left out, not empty", kind: "Area", spec: `{tier: ""}`, want: []string{"spec.tier"}},
		"LongText":       {reason: "1024 characters at most", kind: "Area", spec: `{description: ` + strings.Repeat(long, 4) + `}`, want: []string{"spec.description"}},
		"Repositories":   {reason: "200 at most", kind: "Area", spec: `{scope: {repositories: [` + repeat(201, "{name: acme/r%d}") + `]}}`, want: []string{"spec.scope.repositories"}},
		"RepositoryName": {reason: "two parts, and no folder's name", kind: "Area", spec: `{scope: {repositories: [{name: a/b/c}, {name: a/..}, {name: /a}]}}`, want: []string{"spec.scope.repositories[0].name", "spec.scope.repositories[1].name", "spec.scope.repositories[2].name"}},
		"SameRepository": {reason: "a list by name", kind: "Area", spec: `{scope: {repositories: [{name: a/b}, {name: a/b}]}}`, want: []string{"spec.scope.repositories[1]"}},
		"Negation":       {reason: "patterns may not exclude", kind: "Area", spec: `{scope: {repositories: [{name: a/b, paths: ['!x']}]}}`, want: []string{"spec.scope.repositories[0].paths[0]"}},
		"Brackets":       {reason: "GitHub knows no character classes", kind: "Area", spec: `{scope: {repositories: [{name: a/b, paths: ['[x]', 'a\', "a\nb"]}]}}`, want: []string{"spec.scope.repositories[0].paths[0]", "spec.scope.repositories[0].paths[1]", "spec.scope.repositories[0].paths[2]"}},
		"NeverMatches":   {reason: "`/` and `***` match nothing", kind: "Area", spec: `{scope: {repositories: [{name: a/b, paths: [/, 'a***']}]}}`, want: []string{"spec.scope.repositories[0].paths[0]", "spec.scope.repositories[0].paths[1]"}},
		"EmptyPath":      {reason: "an empty pattern is a slip", kind: "Area", spec: `{scope: {repositories: [{name: a/b, paths: ['']}]}}`, want: []string{"spec.scope.repositories[0].paths[0]"}},
		"Paths":          {reason: "100 at most", kind: "Area", spec: `{scope: {repositories: [{name: a/b, paths: [` + repeat(101, "p%d") + `]}]}}`, want: []string{"spec.scope.repositories[0].paths"}},
		"SamePath":       {reason: "a set", kind: "Area", spec: `{scope: {repositories: [{name: a/b, paths: [x, x]}]}}`, want: []string{"spec.scope.repositories[0].paths[1]"}},
		"SameRole":       {reason: "a list by role", kind: "Area", spec: `{roles: [{role: oncall, holders: ['user:a']}, {role: oncall, holders: ['user:b']}]}`, want: []string{"spec.roles[1]"}},
		"NoHolders":      {reason: "nobody is not a holder", kind: "Area", spec: `{roles: [{role: oncall, holders: []}]}`, want: []string{"spec.roles[0].holders"}},
		"Holders":        {reason: "100 at most", kind: "Area", spec: `{roles: [{role: informed, holders: [` + repeat(101, "'user:u%d'") + `]}]}`, want: []string{"spec.roles[0].holders"}},
		"LongHolder":     {reason: "205 bytes at most, whatever the letters", kind: "Area", spec: `{roles: [{role: oncall, holders: ['user:a` + strings.Repeat("é", 150) + `']}]}`, want: []string{"spec.roles[0].holders[0]"}},
		"Status":         {reason: "there is none yet", kind: "Area", spec: "{}\nstatus: {state: owned}", want: []string{"status"}},
	})
}

func TestRoleAssignmentForms(t *testing.T) {
	with := func(more string) string { return `{area: a, role: oncall, holders: ['user:a']` + more + `}` }
	checkKinds(t, map[string]kindCase{
		"Whole":           {reason: "everything given", kind: "RoleAssignment", spec: with(`, add: true, validFrom: 2026-01-01T00:00:00Z, validUntil: 2026-01-01T00:00:01+00:00, reason: r, delegatedBy: 'team:a/b', acknowledgedBy: 'user:a', acknowledgedAt: 2026-01-01T00:00:00Z, reviewEvery: 2160h, suspend: true`)},
		"Ends":            {reason: "an end alone", kind: "RoleAssignment", spec: with(`, validUntil: 2026-01-01T00:00:00Z`)},
		"Backwards":       {reason: "the end is after the start", kind: "RoleAssignment", spec: with(`, validFrom: 2026-01-02T00:00:00Z, validUntil: 2026-01-02T01:00:00+01:00`), want: []string{"spec.validUntil"}},
		"DateOnly":        {reason: "a date has no zone", kind: "RoleAssignment", spec: with(`, validFrom: 2026-01-02`), want: []string{"spec.validFrom"}},
		"OnlyBy":          {reason: "an acceptance has a time", kind: "RoleAssignment", spec: with(`, acknowledgedBy: 'user:a'`), want: []string{"spec.acknowledgedBy"}},
		"OnlyAt":          {reason: "an acceptance has a person", kind: "RoleAssignment", spec: with(`, acknowledgedAt: 2026-01-01T00:00:00Z`), want: []string{"spec.acknowledgedAt"}},
		"TeamAccepts":     {reason: "a person accepts", kind: "RoleAssignment", spec: with(`, acknowledgedBy: 'team:a/b', acknowledgedAt: 2026-01-01T00:00:00Z`), want: []string{"spec.acknowledgedBy"}},
		"Delegated":       {reason: "a holder delegates", kind: "RoleAssignment", spec: with(`, delegatedBy: bob`), want: []string{"spec.delegatedBy"}},
		"Days":            {reason: "Go's durations have no days", kind: "RoleAssignment", spec: with(`, reviewEvery: 90d`), want: []string{"spec.reviewEvery"}},
		"TooOften":        {reason: "an hour at least", kind: "RoleAssignment", spec: with(`, reviewEvery: 59m`), want: []string{"spec.reviewEvery"}},
		"NegativeReview":  {reason: "an hour at least", kind: "RoleAssignment", spec: with(`, reviewEvery: -2h`), want: []string{"spec.reviewEvery"}},
		"OverflowReview":  {reason: "longer than 290 years", kind: "RoleAssignment", spec: with(`, reviewEvery: 99999999999h`), want: []string{"spec.reviewEvery"}},
		"NothingRequired": {reason: "area, role and holders are required", kind: "RoleAssignment", spec: `{}`, want: []string{"spec", "spec", "spec"}},
	})
}

func TestTeamForms(t *testing.T) {
	checkKinds(t, map[string]kindCase{
		"Whole":       {reason: "everything given", kind: "Team", spec: `{id: Acme/pay, description: d, parent: acme/eng, members: ['user:a'], maintainers: ['user:b'], repositories: [{name: acme/shop, permission: write}], suspend: true}`},
		"NoID":        {reason: "a team has an id", kind: "Team", spec: `{}`, want: []string{"spec"}},
		"IDForm":      {reason: "ORGANISATION/TEAM", kind: "Team", spec: `{id: pay}`, want: []string{"spec.id"}},
		"OwnParent":   {reason: "whatever the case", kind: "Team", spec: `{id: acme/pay, parent: Acme/Pay}`, want: []string{"spec.parent"}},
		"OtherParent": {reason: "of the same organisation", kind: "Team", spec: `{id: acme/pay, parent: other/eng}`, want: []string{"spec.parent"}},
		"TeamMember":  {reason: "members are persons", kind: "Team", spec: `{id: acme/pay, members: ['team:a/b'], maintainers: [bob]}`, want: []string{"spec.members[0]", "spec.maintainers[0]"}},
		"SameMember":  {reason: "a set", kind: "Team", spec: `{id: acme/pay, members: ['user:a', 'user:a']}`, want: []string{"spec.members[1]"}},
		"Permission":  {reason: "in GitHub's words", kind: "Team", spec: `{id: acme/pay, repositories: [{name: acme/shop, permission: push}]}`, want: []string{"spec.repositories[0].permission"}},
		"Members":     {reason: "2000 at most", kind: "Team", spec: `{id: acme/pay, members: [` + repeat(2001, "'user:u%d'") + `]}`, want: []string{"spec.members"}},
		"ManyMembers": {reason: "2000 fit, and their rules in the budget", kind: "Team", spec: `{id: acme/pay, members: [` + repeat(2000, "'user:a-rather-long-login-of-somebody-%d'") + `]}`},
	})
}

func TestPolicyForms(t *testing.T) {
	exempt := func(more string) string {
		return `{library: a, exemptions: [{subject: default/x, owner: 'user:a', reason: r, expires: 2026-01-01T00:00:00Z` + more + `}]}`
	}
	checkKinds(t, map[string]kindCase{
		"Library":    {reason: "a policy of the library", kind: "ResponsibilityPolicy", spec: `{library: accountable-holder, parameters: {max: 1, deep: {list: [1, {a: b}]}}, severity: critical, match: {namespaces: [a], tiers: [gold], areas: {matchLabels: {a: b}}}}`},
		"Rego":       {reason: "own text", kind: "ResponsibilityPolicy", spec: `{rego: "package x"}`},
		"RegoFile":   {reason: "own file", kind: "ResponsibilityPolicy", spec: `{regoFile: ../policies/a.rego}`},
		"None":       {reason: "exactly one", kind: "ResponsibilityPolicy", spec: `{}`, want: []string{"spec"}},
		"Two":        {reason: "exactly one", kind: "ResponsibilityPolicy", spec: `{library: a, rego: b}`, want: []string{"spec"}},
		"Three":      {reason: "exactly one", kind: "ResponsibilityPolicy", spec: `{library: a, rego: b, regoFile: c.rego}`, want: []string{"spec"}},
		"Absolute":   {reason: "beside the manifest", kind: "ResponsibilityPolicy", spec: `{regoFile: /a.rego}`, want: []string{"spec.regoFile"}},
		"Ending":     {reason: "a Rego file", kind: "ResponsibilityPolicy", spec: `{regoFile: a.yaml}`, want: []string{"spec.regoFile"}},
		"Severity":   {reason: "a known word", kind: "ResponsibilityPolicy", spec: `{library: a, severity: High}`, want: []string{"spec.severity"}},
		"Operator":   {reason: "the selector's library knows four", kind: "ResponsibilityPolicy", spec: `{library: a, match: {areas: {matchExpressions: [{key: a, operator: Is}]}}}`, want: []string{"spec.match.areas"}},
		"Selector":   {reason: "32 labels at most", kind: "ResponsibilityPolicy", spec: `{library: a, match: {areas: {matchLabels: {` + repeat(33, "k%d: v") + `}}}}`, want: []string{"spec.match.areas"}},
		"EmptyMatch": {reason: "an empty list would match nothing", kind: "ResponsibilityPolicy", spec: `{library: a, match: {tiers: []}}`, want: []string{"spec.match.tiers"}},
		"Exemption":  {reason: "whole", kind: "ResponsibilityPolicy", spec: exempt(`, key: none`)},
		"NoExpiry":   {reason: "exemptions end", kind: "ResponsibilityPolicy", spec: `{library: a, exemptions: [{subject: s, owner: 'user:a', reason: r}]}`, want: []string{"spec.exemptions[0]"}},
		"NoReason":   {reason: "exemptions have a reason", kind: "ResponsibilityPolicy", spec: `{library: a, exemptions: [{subject: s, owner: 'user:a', reason: "", expires: 2026-01-01T00:00:00Z}]}`, want: []string{"spec.exemptions[0].reason"}},
		"Unknown":    {reason: "a misspelt field", kind: "ResponsibilityPolicy", spec: exempt(`, expire: never`), want: []string{"spec.exemptions[0].expire"}},
		"Parameters": {reason: "100 at most", kind: "ResponsibilityPolicy", spec: `{library: a, parameters: {` + repeat(101, "k%d: v") + `}}`, want: []string{"spec.parameters"}},
		"LongRego":   {reason: "256 KiB at most", kind: "ResponsibilityPolicy", spec: `{rego: "` + strings.Repeat("a", 262145) + `"}`, want: []string{"spec.rego"}},
	})
}

func TestSourceForms(t *testing.T) {
	checkKinds(t, map[string]kindCase{
		"Git":         {reason: "everything given", kind: "OwnershipSource", spec: `{git: {path: ../x, organization: acme, tree: worktree, historyDays: 0, discover: true}, interval: 1m30s, maxStaleness: 1.5h, authoritative: {roles: [approver], repositories: [acme/*]}, suspend: true}`},
		"People":      {reason: "the other provider", kind: "OwnershipSource", spec: `{people: {path: people.yaml, format: peribolos}, authoritative: {roles: []}}`},
		"Neither":     {reason: "exactly one", kind: "OwnershipSource", spec: `{}`, want: []string{"spec"}},
		"Both":        {reason: "exactly one", kind: "OwnershipSource", spec: `{git: {path: x}, people: {path: x}}`, want: []string{"spec"}},
		"TwoNames":    {reason: "organization or repository", kind: "OwnershipSource", spec: `{git: {path: x, organization: acme, repository: acme/x}}`, want: []string{"spec.git"}},
		"Tree":        {reason: "a known word", kind: "OwnershipSource", spec: `{git: {path: x, tree: index}}`, want: []string{"spec.git.tree"}},
		"History":     {reason: "ten years at most", kind: "OwnershipSource", spec: `{git: {path: x, historyDays: 4000}}`, want: []string{"spec.git.historyDays"}},
		"NoPath":      {reason: "a source has a place", kind: "OwnershipSource", spec: `{people: {}}`, want: []string{"spec.people"}},
		"EmptyPath":   {reason: "a source has a place", kind: "OwnershipSource", spec: `{people: {path: ""}}`, want: []string{"spec.people.path"}},
		"Interval":    {reason: "a second at least", kind: "OwnershipSource", spec: `{people: {path: x}, interval: 1ms}`, want: []string{"spec.interval"}},
		"Format":      {reason: "a known word", kind: "OwnershipSource", spec: `{people: {path: x, format: csv}}`, want: []string{"spec.people.format"}},
		"Roles":       {reason: "required where authoritative is given", kind: "OwnershipSource", spec: `{people: {path: x}, authoritative: {}}`, want: []string{"spec.authoritative"}},
		"Whitespace":  {reason: "a path is one line", kind: "OwnershipSource", spec: `{people: {path: "a\nb"}}`, want: []string{"spec.people.path"}},
		"Repository":  {reason: "a pattern of two parts", kind: "OwnershipSource", spec: `{people: {path: x}, authoritative: {roles: [], repositories: ['*']}}`, want: []string{"spec.authoritative.repositories[0]"}},
		"UnknownRole": {reason: "a role that is not configured decides nothing", kind: "OwnershipSource", spec: `{people: {path: x}, authoritative: {roles: [boss]}}`, want: []string{"spec.authoritative.roles[0]"}},
	})
}

func TestRoleConfigurationForms(t *testing.T) {
	checkKinds(t, map[string]kindCase{
		"Whole":        {reason: "everything given", kind: "RoleConfiguration", name: "default", spec: `{roles: [{name: captain, maxHolders: 0, exclusive: true, requiredTiers: ['*'], observableIn: [git]}], placeholders: ['team:*/nobody', 'user:ghost', 'team:acme/unknown']}`},
		"Name":         {reason: "there is one", kind: "RoleConfiguration", name: "mine", spec: `{}`, want: []string{""}},
		"SameRole":     {reason: "a list by name", kind: "RoleConfiguration", name: "default", spec: `{roles: [{name: a}, {name: a}]}`, want: []string{"spec.roles[1]"}},
		"MaxHolders":   {reason: "100 at most", kind: "RoleConfiguration", name: "default", spec: `{roles: [{name: a, maxHolders: 101}]}`, want: []string{"spec.roles[0].maxHolders"}},
		"Tier":         {reason: "a tier or `*`", kind: "RoleConfiguration", name: "default", spec: `{roles: [{name: a, requiredTiers: ['gold*']}]}`, want: []string{"spec.roles[0].requiredTiers[0]"}},
		"Placeholder":  {reason: "`*` is an organisation", kind: "RoleConfiguration", name: "default", spec: `{placeholders: ['team:acme/*']}`, want: []string{"spec.placeholders[0]"}},
		"Observable":   {reason: "a kind of source", kind: "RoleConfiguration", name: "default", spec: `{roles: [{name: a, observableIn: [Git]}]}`, want: []string{"spec.roles[0].observableIn[0]"}},
		"RoleNameForm": {reason: "lower case and hyphens", kind: "RoleConfiguration", name: "default", spec: `{roles: [{name: On_Call}]}`, want: []string{"spec.roles[0].name"}},
	})
}
