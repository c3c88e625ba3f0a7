package kindcases

import "strings"

// Areas are objects of the kind.
func Areas() map[string]Case {
	long := strings.Repeat("a", 300)
	return map[string]Case{
		"Duty":           {Reason: "an area without a scope is a duty", Kind: "Area", Spec: `{}`},
		"NullSpecParts":  {Reason: "null is absent, as the server prunes it", Kind: "Area", Spec: `{roles: null, scope: null, parent: null}`},
		"Whole":          {Reason: "everything given", Kind: "Area", Spec: `{description: d, tier: gold.1, parent: p.q, mode: Observe, suspend: true, scope: {entities: ['component:default/checkout', 'API:pay'], repositories: [{name: acme/.github, paths: [/a/, '*.go', 'docs/**', 'a\ b', '\[x\]']}]}, roles: [{role: release-captain, holders: ['user:A_b', 'user:a@b.c', 'team:Acme/t.x', 'schedule:pagerduty/P1'], add: true}]}`, Beyond: []string{"spec.roles[0].role"}},
		"OwnParent":      {Reason: "an area is not its own parent", Kind: "Area", Spec: `{parent: x}`, Want: []string{"spec.parent"}},
		"ParentForm":     {Reason: "a parent is an object's name", Kind: "Area", Spec: `{parent: shop/x}`, Want: []string{"spec.parent"}},
		"LongParent":     {Reason: "253 characters at most", Kind: "Area", Spec: `{parent: ` + long + `}`, Want: []string{"spec.parent"}},
		"EmptyTier":      {Reason: "what is not known is left out, not empty", Kind: "Area", Spec: `{tier: ""}`, Want: []string{"spec.tier"}},
		"LongText":       {Reason: "1024 characters at most", Kind: "Area", Spec: `{description: ` + strings.Repeat(long, 4) + `}`, Want: []string{"spec.description"}},
		"Repositories":   {Reason: "200 at most", Kind: "Area", Spec: `{scope: {repositories: [` + repeat(201, "{name: acme/r%d}") + `]}}`, Want: []string{"spec.scope.repositories"}},
		"RepositoryName": {Reason: "two parts, and no folder's name", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b/c}, {name: a/..}, {name: /a}]}}`, Want: []string{"spec.scope.repositories[0].name", "spec.scope.repositories[1].name", "spec.scope.repositories[2].name"}},
		"SameRepository": {Reason: "a list by name", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b}, {name: a/b}]}}`, Want: []string{"spec.scope.repositories[1]"}},
		"Negation":       {Reason: "patterns may not exclude", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b, paths: ['!x']}]}}`, Want: []string{"spec.scope.repositories[0].paths[0]"}},
		"Brackets":       {Reason: "GitHub knows no character classes", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b, paths: ['[x]', 'a\', "a\nb"]}]}}`, Want: []string{"spec.scope.repositories[0].paths[0]", "spec.scope.repositories[0].paths[1]", "spec.scope.repositories[0].paths[2]"}},
		"NeverMatches":   {Reason: "`/` and `***` match nothing", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b, paths: [/, 'a***']}]}}`, Want: []string{"spec.scope.repositories[0].paths[0]", "spec.scope.repositories[0].paths[1]"}},
		"EmptyPath":      {Reason: "an empty pattern is a slip", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b, paths: ['']}]}}`, Want: []string{"spec.scope.repositories[0].paths[0]"}},
		"Paths":          {Reason: "100 at most", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b, paths: [` + repeat(101, "p%d") + `]}]}}`, Want: []string{"spec.scope.repositories[0].paths"}},
		"SamePath":       {Reason: "a set", Kind: "Area", Spec: `{scope: {repositories: [{name: a/b, paths: [x, x]}]}}`, Want: []string{"spec.scope.repositories[0].paths[1]"}},
		"SameRole":       {Reason: "a list by role", Kind: "Area", Spec: `{roles: [{role: oncall, holders: ['user:a']}, {role: oncall, holders: ['user:b']}]}`, Want: []string{"spec.roles[1]"}},
		"NoHolders":      {Reason: "nobody is not a holder", Kind: "Area", Spec: `{roles: [{role: oncall, holders: []}]}`, Want: []string{"spec.roles[0].holders"}},
		"Holders":        {Reason: "100 at most", Kind: "Area", Spec: `{roles: [{role: informed, holders: [` + repeat(101, "'user:u%d'") + `]}]}`, Want: []string{"spec.roles[0].holders"}},
		"LongHolder":     {Reason: "205 bytes at most, whatever the letters", Kind: "Area", Spec: `{roles: [{role: oncall, holders: ['user:a` + strings.Repeat("é", 150) + `']}]}`, Want: []string{"spec.roles[0].holders[0]"}},
		"HolderForm":     {Reason: "people, teams and schedules", Kind: "Area", Spec: `{roles: [{role: oncall, holders: [bob, 'group:a', 'team:a']}]}`, Want: []string{"spec.roles[0].holders[0]", "spec.roles[0].holders[1]", "spec.roles[0].holders[2]"}},
		"Status":         {Reason: "a server drops it, and so does who reads a file that was saved from one", Kind: "Area", Spec: "{}\nstatus: {state: owned}"},
		"Mode":           {Reason: "a known word", Kind: "Area", Spec: `{mode: enforce}`, Want: []string{"spec.mode"}},
		"Entities":       {Reason: "KIND:NAMESPACE/NAME, 200 at most", Kind: "Area", Spec: `{scope: {entities: [checkout]}}`, Want: []string{"spec.scope.entities[0]"}},
		"ManyEntities":   {Reason: "200 at most", Kind: "Area", Spec: `{scope: {entities: [` + repeat(201, "'component:e%d'") + `]}}`, Want: []string{"spec.scope.entities"}},
		"SameEntity":     {Reason: "a set", Kind: "Area", Spec: `{scope: {entities: ['component:a', 'component:a']}}`, Want: []string{"spec.scope.entities[1]"}},
		"Roles":          {Reason: "32 at most", Kind: "Area", Spec: `{roles: [` + repeat(33, "{role: r%d, holders: ['user:a']}") + `]}`, Want: []string{"spec.roles"}, Beyond: unconfigured(33)},
	}
}

// AreaClaims are Areas that claim namespaces and workloads.
func AreaClaims() map[string]Case {
	claim := func(scope string) string { return `{scope: {namespaces: [` + scope + `]}}` }
	const at = "spec.scope.namespaces[0]"
	return map[string]Case{
		"Namespace":         {Reason: "a namespace by its name", Kind: "Area", Spec: claim(`{name: payments}`)},
		"Selector":          {Reason: "namespaces by their labels", Kind: "Area", Spec: claim(`{selector: {matchLabels: {acme.dev/team: pay, tier: ''}, matchExpressions: [{key: a, operator: In, values: [b, '']}, {key: c, operator: Exists, values: []}]}}`)},
		"Workloads":         {Reason: "workloads in a namespace", Kind: "Area", Spec: claim(`{name: shop, workloads: {matchLabels: {app: checkout}, matchExpressions: [{key: canary, operator: NotIn, values: ['yes']}]}}`)},
		"AllWorkloads":      {Reason: "the same as none: all that is in it", Kind: "Area", Spec: claim(`{name: shop, workloads: {}}`)},
		"NoNamespace":       {Reason: "a name or a selector", Kind: "Area", Spec: claim(`{workloads: {matchLabels: {app: checkout}}}`), Want: []string{at}},
		"NameAndSelector":   {Reason: "a name or a selector", Kind: "Area", Spec: claim(`{name: shop, selector: {matchLabels: {a: b}}}`), Want: []string{at}},
		"NamespaceForm":     {Reason: "a namespace's name is a label", Kind: "Area", Spec: claim(`{name: a.b}, {name: A}`), Want: []string{at + ".name", "spec.scope.namespaces[1].name"}},
		"EmptySelector":     {Reason: "it would claim every namespace", Kind: "Area", Spec: claim(`{selector: {}}, {selector: {matchLabels: {}, matchExpressions: []}}`), Want: []string{at + ".selector", "spec.scope.namespaces[1].selector"}},
		"LabelKey":          {Reason: "only the library that reads selectors looks at keys of maps", Kind: "Area", Spec: claim(`{selector: {matchLabels: {'a b': c}}}`), Beyond: []string{at + ".selector"}},
		"LabelValue":        {Reason: "no label has such a value", Kind: "Area", Spec: claim(`{selector: {matchLabels: {a: 'b c'}}}`), Want: []string{at + ".selector.matchLabels.a"}},
		"LongValue":         {Reason: "63 characters at most", Kind: "Area", Spec: claim(`{name: a, workloads: {matchLabels: {a: ` + strings.Repeat("b", 64) + `}}}`), Want: []string{at + ".workloads.matchLabels.a"}},
		"ExpressionKey":     {Reason: "no label has such a key", Kind: "Area", Spec: claim(`{selector: {matchExpressions: [{key: a/b/c, operator: Exists}]}}`), Want: []string{at + ".selector.matchExpressions[0].key"}},
		"NoOperator":        {Reason: "an expression has an operator", Kind: "Area", Spec: claim(`{selector: {matchExpressions: [{key: a}]}}`), Want: []string{at + ".selector.matchExpressions[0]"}},
		"WorkloadOperator":  {Reason: "four are known", Kind: "Area", Spec: claim(`{name: a, workloads: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}}`), Want: []string{at + ".workloads.matchExpressions[0].operator"}},
		"NoValues":          {Reason: "in what?", Kind: "Area", Spec: claim(`{selector: {matchExpressions: [{key: a, operator: In}]}}`), Want: []string{at + ".selector.matchExpressions[0].values"}},
		"NeedlessValues":    {Reason: "whoever writes values wants them to count", Kind: "Area", Spec: claim(`{selector: {matchExpressions: [{key: a, operator: DoesNotExist, values: [b]}]}}`), Want: []string{at + ".selector.matchExpressions[0].values"}},
		"Values":            {Reason: "100 at most", Kind: "Area", Spec: claim(`{selector: {matchExpressions: [{key: a, operator: In, values: [` + repeat(101, "v%d") + `]}]}}`), Want: []string{at + ".selector.matchExpressions[0].values"}},
		"Expressions":       {Reason: "32 at most", Kind: "Area", Spec: claim(`{selector: {matchExpressions: [` + repeat(33, "{key: k%d, operator: Exists}") + `]}}`), Want: []string{at + ".selector.matchExpressions"}},
		"Namespaces":        {Reason: "100 at most", Kind: "Area", Spec: claim(repeat(101, "{name: n%d}")), Want: []string{"spec.scope.namespaces"}},
		"ManyNamespaces":    {Reason: "100 fit, with selectors of every size", Kind: "Area", Spec: claim(repeat(100, "{selector: {matchExpressions: ["+repeat(32, "{key: k%d, operator: In, values: ["+repeat(3, "v%d")+"]}")+"]}, workloads: {matchLabels: {a: b%d}}}"))},
		"MisspeltNamespace": {Reason: "a misspelt field", Kind: "Area", Spec: claim(`{name: a, workload: {}}`), Want: []string{at + ".workload"}},
	}
}
