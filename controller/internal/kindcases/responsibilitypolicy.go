package kindcases

import "strings"

// Policies are objects of the kind.
func Policies() map[string]Case {
	exempt := func(more string) string {
		return `{library: a, exemptions: [{subject: default/x, owner: 'user:a', reason: r, expires: 2026-01-01T00:00:00Z` + more + `}]}`
	}
	return map[string]Case{
		"Library":    {Reason: "a policy of the library", Kind: "ResponsibilityPolicy", Spec: `{library: accountable-holder, parameters: {max: 1, deep: {list: [1, {a: b}]}}, severity: critical, match: {namespaces: [a], tiers: [gold], areas: {matchLabels: {a: b}, matchExpressions: [{key: c, operator: NotIn, values: [d]}]}}, mode: Enforce, suspend: true}`},
		"Rego":       {Reason: "own text", Kind: "ResponsibilityPolicy", Spec: `{rego: "package x"}`},
		"RegoFile":   {Reason: "own file", Kind: "ResponsibilityPolicy", Spec: `{regoFile: ../policies/a.rego}`},
		"None":       {Reason: "exactly one", Kind: "ResponsibilityPolicy", Spec: `{}`, Want: []string{"spec"}},
		"Two":        {Reason: "exactly one", Kind: "ResponsibilityPolicy", Spec: `{library: a, rego: b}`, Want: []string{"spec"}},
		"Three":      {Reason: "exactly one", Kind: "ResponsibilityPolicy", Spec: `{library: a, rego: b, regoFile: c.rego}`, Want: []string{"spec"}},
		"Absolute":   {Reason: "beside the manifest", Kind: "ResponsibilityPolicy", Spec: `{regoFile: /a.rego}`, Want: []string{"spec.regoFile"}},
		"Ending":     {Reason: "a Rego file", Kind: "ResponsibilityPolicy", Spec: `{regoFile: a.yaml}`, Want: []string{"spec.regoFile"}},
		"Severity":   {Reason: "a known word", Kind: "ResponsibilityPolicy", Spec: `{library: a, severity: High}`, Want: []string{"spec.severity"}},
		"Operator":   {Reason: "four are known", Kind: "ResponsibilityPolicy", Spec: `{library: a, match: {areas: {matchExpressions: [{key: a, operator: Is}]}}}`, Want: []string{"spec.match.areas.matchExpressions[0].operator"}},
		"Selector":   {Reason: "32 labels at most", Kind: "ResponsibilityPolicy", Spec: `{library: a, match: {areas: {matchLabels: {` + repeat(33, "k%d: v") + `}}}}`, Want: []string{"spec.match.areas.matchLabels"}},
		"SelectAll":  {Reason: "an empty selector matches every area, as none does", Kind: "ResponsibilityPolicy", Spec: `{library: a, match: {areas: {}}}`},
		"LabelKey":   {Reason: "no label has such a key", Kind: "ResponsibilityPolicy", Spec: `{library: a, match: {areas: {matchLabels: {'a b': c}}}}`, Beyond: []string{"spec.match.areas"}},
		"ConfigMap":  {Reason: "a text in the cluster; its only key needs no name", Kind: "ResponsibilityPolicy", Spec: `{regoConfigMap: {name: policies, key: a.rego}}`},
		"OnlyKey":    {Reason: "its only key needs no name", Kind: "ResponsibilityPolicy", Spec: `{regoConfigMap: {name: policies}}`},
		"Four":       {Reason: "exactly one", Kind: "ResponsibilityPolicy", Spec: `{library: a, regoConfigMap: {name: policies}}`, Want: []string{"spec"}},
		"MapName":    {Reason: "a ConfigMap of the controller's own namespace, by name", Kind: "ResponsibilityPolicy", Spec: `{regoConfigMap: {name: other/policies}}`, Want: []string{"spec.regoConfigMap.name"}},
		"MapKey":     {Reason: "a key of a ConfigMap", Kind: "ResponsibilityPolicy", Spec: `{regoConfigMap: {name: policies, key: a/b}}`, Want: []string{"spec.regoConfigMap.key"}},
		"NoMapName":  {Reason: "a ConfigMap has a name", Kind: "ResponsibilityPolicy", Spec: `{regoConfigMap: {key: a.rego}}`, Want: []string{"spec.regoConfigMap"}},
		"OwnName":    {Reason: "Remit's own findings have it", Kind: "ResponsibilityPolicy", Name: "unowned-area", Spec: `{library: a}`, Want: []string{""}},
		"Exemptions": {Reason: "500 at most", Kind: "ResponsibilityPolicy", Spec: `{library: a, exemptions: [` + repeat(501, "{subject: s%d, owner: 'user:a', reason: r, expires: 2026-01-01T00:00:00Z}") + `]}`, Want: []string{"spec.exemptions"}},
		"EmptyMatch": {Reason: "an empty list would match nothing", Kind: "ResponsibilityPolicy", Spec: `{library: a, match: {tiers: []}}`, Want: []string{"spec.match.tiers"}},
		"Exemption":  {Reason: "whole", Kind: "ResponsibilityPolicy", Spec: exempt(`, key: none`)},
		"Owner":      {Reason: "a holder answers for it", Kind: "ResponsibilityPolicy", Spec: `{library: a, exemptions: [{subject: s, owner: bob, reason: r, expires: 2026-01-01T00:00:00Z}, {subject: s, owner: ` + long() + `, reason: r, expires: 2026-01-01T00:00:00Z}]}`, Want: []string{"spec.exemptions[0].owner", "spec.exemptions[1].owner"}},
		"NoExpiry":   {Reason: "exemptions end", Kind: "ResponsibilityPolicy", Spec: `{library: a, exemptions: [{subject: s, owner: 'user:a', reason: r}]}`, Want: []string{"spec.exemptions[0]"}},
		"NoReason":   {Reason: "exemptions have a reason", Kind: "ResponsibilityPolicy", Spec: `{library: a, exemptions: [{subject: s, owner: 'user:a', reason: "", expires: 2026-01-01T00:00:00Z}]}`, Want: []string{"spec.exemptions[0].reason"}},
		"Unknown":    {Reason: "a misspelt field", Kind: "ResponsibilityPolicy", Spec: exempt(`, expire: never`), Want: []string{"spec.exemptions[0].expire"}},
		"Parameters": {Reason: "100 at most", Kind: "ResponsibilityPolicy", Spec: `{library: a, parameters: {` + repeat(101, "k%d: v") + `}}`, Want: []string{"spec.parameters"}},
		"LongRego":   {Reason: "256 KiB at most", Kind: "ResponsibilityPolicy", Spec: `{rego: "` + strings.Repeat("a", 262145) + `"}`, Want: []string{"spec.rego"}},
	}
}
