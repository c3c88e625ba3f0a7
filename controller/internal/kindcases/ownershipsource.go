package kindcases

import "strings"

// Sources are objects of the kind.
func Sources() map[string]Case {
	return map[string]Case{
		"Git":         {Reason: "everything given", Kind: "OwnershipSource", Spec: `{git: {path: ../x, organization: acme, tree: worktree, historyDays: 0, discover: true}, interval: 1m30s, maxStaleness: 1.5h, authoritative: {roles: [approver], repositories: [acme/*]}, suspend: true}`},
		"People":      {Reason: "the other provider", Kind: "OwnershipSource", Spec: `{people: {path: people.yaml, format: peribolos}, authoritative: {roles: []}}`},
		"Checkout":    {Reason: "one checkout", Kind: "OwnershipSource", Spec: `{git: {path: x, repository: acme/x}}`},
		"Catalog":     {Reason: "everything given", Kind: "OwnershipSource", Spec: `{catalog: {path: ../x, organization: acme, tree: worktree, formats: [backstage, prow], files: ['*.yaml'], ignore: [testdata/], teamOrganization: acme, owners: [{entity: 'group:default/money', holder: 'team:acme/payments'}]}, mode: Observe}`},
		"Patterns":    {Reason: "`/` and `***` match nothing", Kind: "OwnershipSource", Spec: `{catalog: {path: x, files: [/], ignore: ['a***']}}`, Want: []string{"spec.catalog.files[0]", "spec.catalog.ignore[0]"}},
		"Entity":      {Reason: "a holder of a known form", Kind: "OwnershipSource", Spec: `{catalog: {path: x, owners: [{entity: 'group:a', holder: bob}, {entity: 'group:b', holder: ` + long() + `}]}}`, Want: []string{"spec.catalog.owners[0].holder", "spec.catalog.owners[1].holder"}},
		"CatalogURLs": {Reason: "HTTPS alone", Kind: "OwnershipSource", Spec: `{catalog: {url: 'file:///etc'}}`, Want: []string{"spec.catalog.url"}},
		"CatalogName": {Reason: "organization or repository", Kind: "OwnershipSource", Spec: `{catalog: {path: x, organization: acme, repository: acme/x}}`, Want: []string{"spec.catalog"}},
		"Staleness":   {Reason: "a second at least, and a number", Kind: "OwnershipSource", Spec: `{people: {path: x}, interval: soon, maxStaleness: 0s}`, Want: []string{"spec.interval", "spec.maxStaleness"}},
		"Neither":     {Reason: "exactly one", Kind: "OwnershipSource", Spec: `{}`, Want: []string{"spec"}},
		"Both":        {Reason: "exactly one", Kind: "OwnershipSource", Spec: `{git: {path: x}, people: {path: x}}`, Want: []string{"spec"}},
		"TwoNames":    {Reason: "organization or repository", Kind: "OwnershipSource", Spec: `{git: {path: x, organization: acme, repository: acme/x}}`, Want: []string{"spec.git"}},
		"Tree":        {Reason: "a known word", Kind: "OwnershipSource", Spec: `{git: {path: x, tree: index}}`, Want: []string{"spec.git.tree"}},
		"History":     {Reason: "ten years at most", Kind: "OwnershipSource", Spec: `{git: {path: x, historyDays: 4000}}`, Want: []string{"spec.git.historyDays"}},
		"NoPath":      {Reason: "a source has a place", Kind: "OwnershipSource", Spec: `{people: {}}`, Want: []string{"spec.people"}},
		"EmptyPath":   {Reason: "a source has a place", Kind: "OwnershipSource", Spec: `{people: {path: ""}}`, Want: []string{"spec.people.path"}},
		"Interval":    {Reason: "a second at least", Kind: "OwnershipSource", Spec: `{people: {path: x}, interval: 1ms}`, Want: []string{"spec.interval"}},
		"Format":      {Reason: "a known word", Kind: "OwnershipSource", Spec: `{people: {path: x, format: csv}}`, Want: []string{"spec.people.format"}},
		"Roles":       {Reason: "required where authoritative is given", Kind: "OwnershipSource", Spec: `{people: {path: x}, authoritative: {}}`, Want: []string{"spec.authoritative"}},
		"Whitespace":  {Reason: "a path is one line", Kind: "OwnershipSource", Spec: `{people: {path: "a\nb"}}`, Want: []string{"spec.people.path"}},
		"Repository":  {Reason: "a pattern of two parts", Kind: "OwnershipSource", Spec: `{people: {path: x}, authoritative: {roles: [], repositories: ['*']}}`, Want: []string{"spec.authoritative.repositories[0]"}},
		"UnknownRole": {Reason: "a role that is not configured decides nothing", Kind: "OwnershipSource", Spec: `{people: {path: x}, authoritative: {roles: [boss]}}`, Beyond: []string{"spec.authoritative.roles[0]"}},
	}
}

// ClusterSources are sources of what a cluster has: clone URLs, ConfigMaps and the cluster itself.
func ClusterSources() map[string]Case {
	source := func(spec string) Case { return Case{Kind: "OwnershipSource", Spec: spec} }
	valid := func(reason, spec string) Case {
		c := source(spec)
		c.Reason = reason
		return c
	}
	invalid := func(reason, spec string, want ...string) Case {
		c := valid(reason, spec)
		c.Want = want
		return c
	}
	return map[string]Case{
		"URL":             valid("a clone URL, with what it is read with", `{git: {url: 'https://git.example:8443/acme/shop.git', discover: true}, credentials: {read: {name: git, key: password}}, materialize: {namespace: areas}}`),
		"CatalogURL":      valid("a catalog likewise", `{catalog: {url: 'https://git.example/acme/shop/', repository: acme/shop}, credentials: {read: {name: git}}}`),
		"PathAndURL":      invalid("one or the other", `{git: {path: x, url: 'https://git.example/a/b'}}`, "spec.git"),
		"NoPathNorURL":    invalid("one or the other", `{catalog: {organization: acme}}`, "spec.catalog"),
		"HTTP":            invalid("a token would be readable on its way", `{git: {url: 'http://git.example/a/b'}}`, "spec.git.url"),
		"SSH":             invalid("HTTPS alone", `{git: {url: 'git@git.example:a/b'}}`, "spec.git.url"),
		"Password":        invalid("credentials go into a Secret", `{git: {url: 'https://user:secret@git.example/a/b'}}`, "spec.git.url"),
		"Query":           invalid("a query could hold a token", `{git: {url: 'https://git.example/a/b?token=x'}}`, "spec.git.url"),
		"NoURLPath":       invalid("a host is no repository", `{git: {url: 'https://git.example/'}}`, "spec.git.url"),
		"LongURL":         invalid("1024 characters at most", `{git: {url: 'https://git.example/`+strings.Repeat("a", 1020)+`'}}`, "spec.git.url"),
		"URLTree":         invalid("a clone has no working tree", `{git: {url: 'https://git.example/a/b', tree: worktree}}`, "spec.git.tree"),
		"CatalogTree":     invalid("a clone has no working tree", `{catalog: {url: 'https://git.example/a/b', tree: worktree}}`, "spec.catalog.tree"),
		"PathCredentials": invalid("a folder takes none", `{git: {path: x}, credentials: {read: {name: git}}}`, "spec.credentials"),
		"NoSecret":        invalid("a Secret has a name", `{git: {url: 'https://git.example/a/b'}, credentials: {read: {}}}`, "spec.credentials.read"),
		"SecretNamespace": invalid("a Secret of the controller's own namespace", `{git: {url: 'https://git.example/a/b'}, credentials: {read: {name: other/git}}}`, "spec.credentials.read.name"),
		"NoDiscovery":     invalid("there is nothing to make objects of", `{git: {path: x}, materialize: {namespace: areas}}`, "spec.materialize"),
		"Materialize":     invalid("into a namespace", `{git: {path: x, discover: true}, materialize: {namespace: A_B}}`, "spec.materialize.namespace"),
		"NoMaterialize":   invalid("into a namespace", `{git: {path: x, discover: true}, materialize: {}}`, "spec.materialize"),
		"PeopleMap":       valid("people from a ConfigMap", `{people: {configMap: {name: people, key: people.yaml}}}`),
		"PathAndMap":      invalid("one or the other", `{people: {path: x, configMap: {name: people}}}`, "spec.people"),
		"PeopleMapName":   invalid("a ConfigMap has a name", `{people: {configMap: {name: ''}}}`, "spec.people.configMap.name"),
		"Kubernetes":      valid("nothing needs to be said", `{kubernetes: {}}`),
		"AllOfKubernetes": valid("everything given", `{kubernetes: {keys: [acme.dev/owner, owner], role: responsible, teamOrganization: acme, owners: [{name: the money people, holder: 'team:acme/payments'}], namespaces: {matchLabels: {owned: 'yes'}, matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}, workloads: [Deployment], discover: true, writeLabel: owner}, materialize: {namespace: areas}, mode: Propose}`),
		"TwoProviders":    invalid("exactly one", `{kubernetes: {}, people: {path: x}}`, "spec"),
		"NoKeys":          invalid("an owner stands somewhere", `{kubernetes: {keys: []}}`, "spec.kubernetes.keys"),
		"ManyKeys":        invalid("8 at most", `{kubernetes: {keys: [`+repeat(9, "k%d")+`]}}`, "spec.kubernetes.keys"),
		"SameKey":         invalid("a set", `{kubernetes: {keys: [a, a]}}`, "spec.kubernetes.keys[1]"),
		"Key":             invalid("a label's or annotation's key", `{kubernetes: {keys: ['owner of']}}`, "spec.kubernetes.keys[0]"),
		"KubernetesRole":  invalid("a role's name", `{kubernetes: {role: Boss}}`, "spec.kubernetes.role"),
		"Organization":    invalid("an organisation's name", `{kubernetes: {teamOrganization: a/b}}`, "spec.kubernetes.teamOrganization"),
		"OwnerHolder":     invalid("a holder", `{kubernetes: {owners: [{name: a, holder: bob}]}}`, "spec.kubernetes.owners[0].holder"),
		"LongHolder":      invalid("205 bytes at most, whatever the letters", `{kubernetes: {owners: [{name: a, holder: `+long()+`}]}}`, "spec.kubernetes.owners[0].holder"),
		"NoOwnerName":     invalid("a name stands for it", `{kubernetes: {owners: [{name: '', holder: 'user:bob'}]}}`, "spec.kubernetes.owners[0].name"),
		"SameOwner":       invalid("a list by name", `{kubernetes: {owners: [{name: a, holder: 'user:bob'}, {name: a, holder: 'user:ann'}]}}`, "spec.kubernetes.owners[1]"),
		"ManyOwners":      invalid("1000 at most", `{kubernetes: {owners: [`+repeat(1001, "{name: n%d, holder: 'user:a'}")+`]}}`, "spec.kubernetes.owners"),
		"WorkloadKind":    invalid("four kinds", `{kubernetes: {workloads: [Pod]}}`, "spec.kubernetes.workloads[0]"),
		"SameWorkload":    invalid("a set", `{kubernetes: {workloads: [Deployment, Deployment]}}`, "spec.kubernetes.workloads[1]"),
		"WriteLabel":      invalid("what is written is observed", `{kubernetes: {writeLabel: acme.dev/owner}}`, "spec.kubernetes.writeLabel"),
		"NoWorkloads":     valid("namespaces alone", `{kubernetes: {workloads: []}}`),
		"DefaultKey":      valid("a key by default", `{kubernetes: {writeLabel: remit.dev/owner}}`),
	}
}

// Grants are sources with grants.
func Grants() map[string]Case {
	grant := func(reason, grant string, want ...string) Case {
		return Case{Reason: reason, Kind: "OwnershipSource", Spec: `{people: {path: x}, grants: [` + grant + `]}`, Want: want}
	}
	const at = "spec.grants[0]"
	return map[string]Case{
		"Grant":              grant("everything given", `{to: {namespaces: [pay], selector: {matchLabels: {team: pay}, matchExpressions: [{key: tier, operator: In, values: [gold]}]}}, repositories: [{name: 'acme/pay-*', paths: [/a/, /.github/CODEOWNERS]}, {name: acme/shop}], namespaces: ['pay-*', pay, '*'], entities: ['component:pay/*'], holders: ['team:acme/*', 'user:*'], roles: [approver], maxMode: Enforce}`),
		"Nothing":            grant("it grants nothing, and harms nobody", `{to: {namespaces: [pay]}}`),
		"ToNobody":           grant("to whom?", `{to: {}, namespaces: [pay]}`, at+".to"),
		"NoTo":               grant("to whom?", `{namespaces: [pay]}`, at),
		"ToNoNamespace":      grant("an empty list is a slip", `{to: {namespaces: []}}`, at+".to.namespaces"),
		"ToAll":              grant("an empty selector would grant it to every namespace", `{to: {selector: {}}}`, at+".to.selector"),
		"ToNamespace":        grant("names, not patterns", `{to: {namespaces: ['pay-*']}}`, at+".to.namespaces[0]"),
		"ToLabel":            grant("no label has such a value", `{to: {selector: {matchLabels: {a: 'b c'}}}}`, at+".to.selector.matchLabels.a"),
		"GrantRepository":    grant("a pattern of two parts", `{to: {namespaces: [pay]}, repositories: [{name: '*'}]}`, at+".repositories[0].name"),
		"GrantTwice":         grant("a list by name", `{to: {namespaces: [pay]}, repositories: [{name: a/b}, {name: a/b}]}`, at+".repositories[1]"),
		"GrantPath":          grant("patterns may not exclude", `{to: {namespaces: [pay]}, repositories: [{name: a/b, paths: ['!x']}]}`, at+".repositories[0].paths[0]"),
		"GrantNoPath":        grant("an empty list is a slip", `{to: {namespaces: [pay]}, repositories: [{name: a/b, paths: []}]}`, at+".repositories[0].paths"),
		"GrantNamespace":     grant("a pattern of namespaces", `{to: {namespaces: [pay]}, namespaces: [Pay]}`, at+".namespaces[0]"),
		"GrantEntity":        grant("a pattern of entities", `{to: {namespaces: [pay]}, entities: ['component:pay']}`, at+".entities[0]"),
		"GrantHolder":        grant("a pattern of holders", `{to: {namespaces: [pay]}, holders: ['acme/*']}`, at+".holders[0]"),
		"GrantNoHolder":      grant("an empty list is a slip", `{to: {namespaces: [pay]}, holders: []}`, at+".holders"),
		"GrantRole":          grant("a role's name", `{to: {namespaces: [pay]}, roles: ['*']}`, at+".roles[0]"),
		"GrantMode":          grant("a known word", `{to: {namespaces: [pay]}, holders: ['user:*'], maxMode: Delete}`, at+".maxMode"),
		"ModeWithoutHolders": grant("whoever may write an Area would give roles to anybody", `{to: {namespaces: [pay]}, maxMode: Propose}`, at+".maxMode"),
		"ObserveAnybody":     grant("nothing is changed", `{to: {namespaces: [pay]}, maxMode: Observe}`),
		"Grants":             grant("200 at most", repeat(201, "{to: {namespaces: [n%d]}}"), "spec.grants"),
		"ManyGrants":         grant("200 fit, and their rules in the budget", repeat(200, "{to: {namespaces: [n%d]}, repositories: ["+repeat(5, "{name: 'a/r%d', paths: [/a/, /b/, '*.go']}")+"], holders: ['team:acme/*'], maxMode: Propose}")),
	}
}
