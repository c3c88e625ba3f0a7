package grant_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

// attack is a manifest by which somebody tries to get what is not granted to them.
type attack struct {
	reason    string
	manifests string
	// says are parts of the message that the first object of the attack is denied with; none where it is not denied.
	says []string
	// assignment says that a RoleAssignment is refused, rather than an Area stalled.
	assignment bool
	// declares is who is declared in the attacking area all the same, as "role holder".
	declares []string
	// invalid says that the manifests' own check finds errors.
	invalid bool
}

// area is an Area of the attacker's, named x.
func area(namespace, spec string) string {
	return "kind: Area\nmetadata: {name: x, namespace: " + namespace + "}\nspec: " + spec
}

const eve = `, roles: [{role: accountable, holders: ["user:eve"]}, {role: approver, holders: ["user:eve"], add: true}], mode: Enforce}`

func paths(namespace, repository, paths string) string {
	return area(namespace, `{scope: {repositories: [{name: `+repository+`, paths: [`+paths+`]}]}`+eve)
}

var notGranted = []string{"ScopeDenied: evil/x claims", `no grant is to the namespace "evil"`, "add {to: {namespaces: [evil]}, repositories:"}

func payMay(claim string) []string {
	return []string{"ScopeDenied: pay/x claims " + claim, `which no grant to the namespace "pay" gives`, `spec.grants[0] of the OwnershipSource "platform"`, "or take it out of the Area"}
}

// attacks are tried one by one against the organisation. None may change anything for anybody else.
var attacks = map[string]attack{
	"whole repository":   {"no grant is to the namespace", area("evil", "{scope: {repositories: [{name: acme/shop}]}"+eve), notGranted, false, nil, false},
	"tie":                {"a claim just as specific as the owner's would stall both", paths("evil", "acme/shop", `"**"`), notGranted, false, nil, false},
	"most specific":      {"the most specific claim wins, if it is granted", paths("evil", "acme/shop", "/web/app/x.js"), notGranted, false, nil, false},
	"discovered":         {"a virtual area goes where an Area claims a part", area("evil", "{scope: {repositories: [{name: acme/hidden}]}"+eve), notGranted, false, nil, false},
	"part of discovered": {"", paths("evil", "acme/hidden", "/nothing/"), notGranted, false, nil, false},
	"not there":          {"a repository that does not exist is not granted either", area("evil", "{scope: {repositories: [{name: acme/none}]}"+eve), notGranted, false, nil, false},
	"suspended": {"a suspended area claims its files all the same",
		area("evil", "{suspend: true, scope: {repositories: [{name: acme/shop, paths: [/web/]}]}}"), []string{}, false, nil, false},
	"another's repository by case": {"GitHub's names have no case", paths("pay", "ACME/SHOP", "/web/"), payMay(`"/web/" of ACME/SHOP`), false, nil, false},
	"a longer name":                {"acme/shop is granted, not what begins like it", area("pay", "{scope: {repositories: [{name: acme/shopping}]}"+eve), payMay("all of acme/shopping"), false, nil, false},
	"another organisation":         {"* crosses no slash", area("pay", "{scope: {repositories: [{name: evil/pay-api}]}"+eve), payMay("all of evil/pay-api"), false, nil, false},
	"a granted folder's neighbour": {"", paths("pay", "acme/shop", "/checkout2/"), payMay(`"/checkout2/"`), false, nil, false},
	"whole, where a folder is":     {"", area("pay", "{scope: {repositories: [{name: acme/shop}]}"+eve), payMay("all of acme/shop"), false, nil, false},
	"wildcard":                     {"it reaches cart/, too", paths("pay", "acme/shop", `"/c*/"`), payMay(`"/c*/"`), false, nil, false},
	"wildcard after":               {"", paths("pay", "acme/shop", `"/checkout*/"`), payMay(`"/checkout*/"`), false, nil, false},
	"question mark":                {"", paths("pay", "acme/shop", `"/checkou?/"`), payMay(`"/checkou?/"`), false, nil, false},
	"any folder":                   {"", paths("pay", "acme/shop", `"**/app/"`), payMay(`"**/app/"`), false, nil, false},
	"star":                         {"files right in the root", paths("pay", "acme/shop", `"*"`), payMay(`"*"`), false, nil, false},
	"up and away":                  {"no file has .. in its path", paths("pay", "acme/shop", "/checkout/../web/"), []string{"by which no file can be told"}, false, nil, false},
	"here":                         {"", paths("pay", "acme/shop", "./web/"), []string{"by which no file can be told"}, false, nil, false},
	"double slash":                 {"", paths("pay", "acme/shop", "/checkout//web/"), []string{"by which no file can be told"}, false, nil, false},
	"leading slashes":              {"", paths("pay", "acme/shop", "//web/"), []string{"by which no file can be told"}, false, nil, false},
	"escaped letter":               {"the escape of a letter is the letter", paths("pay", "acme/shop", `'/w\eb/'`), payMay(`"/w\\eb/"`), false, nil, false},
	"escaped slash":                {"it is a slash", paths("pay", "acme/shop", `'/checkout\/../web/'`), []string{"by which no file can be told"}, false, nil, false},
	"escaped star":                 {"it is no wildcard, and not granted", paths("pay", "acme/shop", `'/\*/'`), payMay(`"/\\*/"`), false, nil, false},
	"Cyrillic letter":              {"it only looks like a c", paths("pay", "acme/shop", `/сheckout/`), payMay(`"/\u0441heckout/"`), false, nil, false},
	"composed letter":              {"", paths("pay", "acme/shop", `"/checkout\u0301/"`), payMay(`"/checkout\u0301/"`), false, nil, false},
	"letters from right to left":   {"", paths("pay", "acme/shop", `"/\u202echeckout/"`), payMay(`"/\u202echeckout/"`), false, nil, false},
	"no pattern": {"a pattern that cannot be read would leave the whole repository unknown",
		paths("evil", "acme/shop", `"/a b/"`), []string{"by which no file can be told"}, false, nil, false},
	"workflows": {"a whole repository does not include .github/",
		paths("site", "acme/site", "/.github/"), []string{"ScopeDenied: site/x claims", "CODEOWNERS files and .github/ are given by their own names only"}, false, nil, false},
	"one workflow": {"", paths("site", "acme/site", "/.github/workflows/ci.yml"), []string{"given by their own names only"}, false, nil, false},
	"CODEOWNERS":   {"", paths("site", "acme/site", "/CODEOWNERS"), []string{"given by their own names only"}, false, nil, false},
	"CODEOWNERS in docs": {"",
		paths("site", "acme/site", "docs/CODEOWNERS"), []string{"given by their own names only"}, false, nil, false},
	"escaped .github": {"", paths("site", "acme/site", `'/\.github/'`), []string{"given by their own names only"}, false, nil, false},
	"CODEOWNERS by a wildcard": {"it may be claimed, and the sensitive files do not fall to it",
		area("site", `{scope: {repositories: [{name: acme/site, paths: ["/CODEOWNER?", "/docs/CODE*", "/.g*/", "**/workflows/"]}]}}`), nil, false, nil, false},
	"entity": {"an Area that names an entity takes it from the one with its file",
		area("evil", `{scope: {entities: ["component:default/shop"]}`+eve), []string{"claims the entity component:default/shop", `no grant is to the namespace "evil"`}, false, nil, false},
	"entity by case and default": {"",
		area("pay", `{scope: {entities: ["Component:Shop"]}`+eve), []string{"claims the entity Component:Shop", `entities: ["Component:Shop"]`}, false, nil, false},
	"namespace":        {"", area("pay", `{scope: {namespaces: [{name: kube-system}]}`+eve), []string{"claims the namespace kube-system, which no grant"}, false, nil, false},
	"its own":          {"not even that is given by itself", area("evil", `{scope: {namespaces: [{name: evil}]}`+eve), []string{"claims the namespace evil"}, false, nil, false},
	"a part of one":    {"", area("pay", `{scope: {namespaces: [{name: payments, workloads: {matchLabels: {a: b}}}]}`+eve), []string{"claims the namespace payments"}, false, nil, false},
	"selected":         {"", area("evil", `{scope: {namespaces: [{selector: {matchLabels: {a: b}}}]}`+eve), []string{"claims namespaces by their labels"}, false, nil, false},
	"holder":           {"a duty would count for the load of a team", area("evil", `{roles: [{role: accountable, holders: ["team:acme/web"]}]}`), []string{"evil/x makes team:acme/web accountable", `no grant is to the namespace "evil"`}, false, nil, false},
	"another's team":   {"", area("pay", `{roles: [{role: accountable, holders: ["team:acme/web"]}]}`), []string{`pay/x makes team:acme/web accountable, which no grant to the namespace "pay" allows`, `holders: ["team:acme/web"], roles: [accountable]`}, false, nil, false},
	"by case":          {"", area("pay", `{roles: [{role: accountable, holders: ["team:ACME/Web"]}]}`), []string{"makes team:acme/web accountable"}, false, nil, false},
	"over a slash":     {"user:pay-* has no slash in it", area("pay", `{roles: [{role: accountable, holders: ["team:acme/pay-x"]}]}`), []string{"makes team:acme/pay-x accountable"}, false, nil, false},
	"an unknown sign":  {"the Kelvin sign is a k", area("pay", "{roles: [{role: accountable, holders: [\"user:x\u212a\"]}]}"), []string{"makes user:xk accountable"}, false, nil, false},
	"role":             {"", area("pay", `{roles: [{role: oncall, holders: ["team:acme/pay"]}]}`), []string{"makes team:acme/pay oncall"}, false, nil, false},
	"added":            {"add unites with what policies and parents declare", area("pay", `{roles: [{role: approver, add: true, holders: ["team:acme/web"]}, {role: accountable, add: true, holders: ["user:pay-dan"]}]}`), []string{"makes team:acme/web approver"}, false, []string{"accountable user:pay-dan", "approver user:pay-dan"}, false},
	"two grants":       {"a holder of one grant for the files of another", area("pay", `{scope: {repositories: [{name: acme/shared, paths: [/none/]}]}, roles: [{role: accountable, holders: ["user:pay-dan"]}]}`), []string{"makes user:pay-dan accountable for acme/shared", `spec.grants[1] of the OwnershipSource "platform"`}, false, nil, false},
	"inherited":        {"a parent's holder is not allowed for what the child claims", area("pay", `{parent: parent, scope: {repositories: [{name: acme/shared, paths: [/none/]}]}}`) + "\n---\nkind: Area\nmetadata: {name: parent, namespace: pay}\nspec: {roles: [{role: accountable, holders: [\"user:pay-dan\"]}]}", []string{"inherits user:pay-dan as accountable from pay/parent for acme/shared", "or declare the role in the Area"}, false, nil, false},
	"two up":           {"", area("pay", `{parent: middle, scope: {repositories: [{name: acme/shared, paths: [/none/]}]}}`) + "\n---\nkind: Area\nmetadata: {name: middle, namespace: pay}\nspec: {parent: parent}\n---\nkind: Area\nmetadata: {name: parent, namespace: pay}\nspec: {roles: [{role: accountable, holders: [\"user:pay-dan\"]}]}", []string{"inherits user:pay-dan as accountable from pay/parent"}, false, nil, false},
	"another's parent": {"a parent is of the same namespace", area("evil", `{parent: shop, scope: {repositories: [{name: acme/shop}]}}`), []string{"ParentNotFound"}, false, nil, true},
	"label":            {"a grant selects namespaces by their labels, not Areas", "kind: Area\nmetadata: {name: x, namespace: evil, labels: {team: web}}\nspec: {scope: {repositories: [{name: acme/shop, paths: [/web/]}]}}", notGranted, false, nil, false},
	"an assignment for what is denied": {"",
		area("evil", `{scope: {repositories: [{name: acme/shop}]}}`) + "\n---\nkind: RoleAssignment\nmetadata: {name: r, namespace: evil}\nspec: {area: x, role: accountable, holders: [\"team:acme/web\"]}",
		notGranted, false, nil, false},
	"an assignment": {"", "kind: RoleAssignment\nmetadata: {name: x, namespace: pay}\nspec: {area: checkout, role: accountable, holders: [\"user:pay-dan\", \"team:acme/web\"]}",
		[]string{"the RoleAssignment pay/x makes team:acme/web accountable for ACME/Shop", "or take them out of the RoleAssignment"}, true, nil, false},
	"an assignment that adds": {"", "kind: RoleAssignment\nmetadata: {name: x, namespace: pay}\nspec: {area: checkout, role: accountable, holders: [\"team:acme/web\"], add: true}",
		[]string{"makes team:acme/web accountable"}, true, nil, false},
	"an assignment of another namespace": {"a RoleAssignment is for Areas of its own", "kind: RoleAssignment\nmetadata: {name: x, namespace: evil}\nspec: {area: checkout, role: accountable, holders: [\"user:eve\"]}",
		nil, false, nil, true},
	"an invalid Area": {"what can be read of it keeps its files", area("evil", `{teir: low, scope: {repositories: [{name: acme/shop, paths: [/web/]}]}}`), []string{"Invalid"}, false, nil, true},
	"an unread claim": {"paths that cannot be read leave nothing of others unknown", area("evil", `{scope: {repositories: [{name: acme/shop, paths: 7}, {name: 8}], entities: 9}}`), []string{"Invalid"}, false, nil, true},
}

// Whatever an Area or RoleAssignment claims that is not granted, all others are what they are without it: their files,
// states, holders, drift, load, findings, and what is planned. The one that claims it is stalled, or refused, and says why.
func TestAttacks(t *testing.T) {
	without := seen(t, pass(t, apply(mustLoad(t, organisation)).Set), "")
	for name, test := range attacks {
		t.Run(name, func(t *testing.T) {
			set, problems := load(t, organisation+"---\n"+test.manifests)
			if len(problems) > 0 != test.invalid {
				t.Fatal(problems)
			}
			granted := apply(set)
			outcome := pass(t, granted.Set)
			namespace := regexp.MustCompile(`name: x, namespace: ([a-z]+)`).FindStringSubmatch(test.manifests)[1]
			if diff := cmp.Diff(without, seen(t, outcome, namespace+"/(x|parent|middle)")); diff != "" {
				t.Errorf("%s: something has changed for others (-without +with):\n%s", test.reason, diff)
			}
			test.check(t, namespace, outcome, granted.Refused, granted.Problems)
		})
	}
}

// Without grants, the attacks do what they try: otherwise nothing would be tested.
func TestAttacksWork(t *testing.T) {
	without := seen(t, pass(t, mustLoad(t, organisation)), "")
	for _, name := range []string{
		"whole repository", "tie", "most specific", "discovered", "part of discovered", "suspended", "wildcard", "any folder", "escaped letter", "no pattern",
		"workflows", "one workflow", "entity", "holder", "by case", "added", "label", "an assignment",
		"an assignment that adds", "another's parent", "an invalid Area", "an unread claim",
	} {
		set, _ := load(t, organisation+"---\n"+attacks[name].manifests)
		if without == seen(t, pass(t, set), "[a-z]*/(x|parent|middle)") {
			t.Errorf("%s: without grants nothing changes either", name)
		}
	}
}

func (a attack) check(t *testing.T, namespace string, outcome *engine.Outcome, refused any, problems []ownership.Problem) {
	t.Helper()
	text, err := json.Marshal(refused)
	if err != nil {
		t.Fatal(err)
	}
	message := strings.ReplaceAll(string(text), `\"`, `"`)
	if !a.assignment && !strings.Contains(a.manifests, "kind: RoleAssignment\nmetadata: {name: x") && !strings.Contains(a.manifests, "suspend: true") {
		result := areaOf(t, outcome, namespace+"/x")
		message = result.Stalled
		if diff := cmp.Diff(a.declares, declared(result)); diff != "" {
			t.Errorf("%s: who is declared (-want +got):\n%s", a.reason, diff)
		}
		if len(a.says) > 0 && (result.State != ownership.Unknown || len(result.Drift) > 0) {
			t.Errorf("%s: it is %s, with the drift %v", a.reason, result.State, result.Drift)
		}
	}
	for _, part := range a.says {
		if !strings.Contains(message, part) {
			t.Errorf("%s: %q does not say %q", a.reason, message, part)
		}
	}
	isError := slices.ContainsFunc(problems, func(p ownership.Problem) bool { return !p.Warning && p.Message != "" && p.Remedy != "" })
	if wanted := a.says != nil; !a.invalid && isError != wanted {
		t.Errorf("%s: the problems are %v", a.reason, problems)
	}
}

// seen is all that there is to see, without the areas that attack: the locations of which say where they stand.
func seen(t *testing.T, outcome *engine.Outcome, attackers string) string {
	t.Helper()
	is := regexp.MustCompile("^(" + attackers + ")$")
	result := outcome.Result
	made := plan.Make(plan.Input{
		Now: now, Snapshot: outcome.Snapshot, Areas: outcome.Areas, Drift: result.Drift(),
	})
	files := map[string][]string{}
	for _, repository := range outcome.Snapshot.Repositories {
		for i, path := range repository.Facts.Files.Paths {
			if area := repository.Area(i); area != nil && !is.MatchString(string(area.ID)) {
				files[string(area.ID)] = append(files[string(area.ID)], repository.ID()+" "+path)
			}
		}
	}
	text, err := json.MarshalIndent([]any{
		slices.DeleteFunc(slices.Clone(result.Areas), func(a ownership.AreaResult) bool { return is.MatchString(string(a.ID)) }),
		slices.DeleteFunc(slices.Clone(result.Findings), func(f ownership.Finding) bool { return is.MatchString(f.Subject) }),
		result.Repositories, files, made,
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`[^" ]*/acme\.yaml`).ReplaceAllString(string(text), "acme.yaml")
}
