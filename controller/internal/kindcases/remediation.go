package kindcases

import "strings"

// Remediations are objects of the kind. Only a server checks them: a folder of manifests has none.
func Remediations() map[string]Case {
	hash := strings.Repeat("0a", 32)
	remediation := func(reason, areas, changes, more string, want ...string) Case {
		return Case{Reason: reason, Kind: "Remediation", Want: want, Spec: `{planHash: ` + hash + `, mode: Propose, areas: [` + areas + `], changes: [` + changes + `]` + more + `}`}
	}
	const change = `{id: '1', target: kubernetes, operation: set-label, object: namespace pay, area: shop/pay, role: accountable}`
	one := func(reason, more string, want ...string) Case {
		return remediation(reason, "shop/pay", change, more, want...)
	}
	return map[string]Case{
		"Least": one("what there must be", `, total: 1`),
		"Whole": remediation("everything given", "shop/pay, shop/web", `{id: '1', target: kubernetes, operation: set-label, object: namespace pay, before: a, after: b, area: shop/pay, role: accountable, holders: ['team:acme/pay'], loses: ['team:acme/old'], until: 2026-01-01T00:00:00Z, reason: r, reversible: true, brake: removals, because: 26% of 4}`,
			`, total: 1, summary: s, suspend: true, approval: {planHash: `+hash+`, by: ann@acme.example}, override: {planHash: `+hash+`, by: bob@acme.example}`),
		"Total":      one("how many changes there are", `, total: 2`, "spec.total"),
		"Approval":   one("of the plan that was read", `, total: 1, approval: {planHash: `+strings.Repeat("0b", 32)+`, by: ann}`, "spec.approval.planHash"),
		"Override":   one("of the plan that was read", `, total: 1, override: {planHash: `+strings.Repeat("0b", 32)+`, by: ann}`, "spec.override.planHash"),
		"Nobody":     one("somebody approves", `, total: 1, approval: {planHash: `+hash+`, by: ''}`, "spec.approval.by"),
		"SameChange": remediation("a list by id", "shop/pay", change+", "+change, `, total: 2`, "spec.changes[1]"),
		"Changes":    remediation("100 at most", "shop/pay", repeat(101, strings.Replace(change, "'1'", "'%d'", 1)), `, total: 100`, "spec.changes", "spec.changes[0].id"),
		"HundredFit": remediation("100 fit, with long texts, and the comparing of them in the budget", "shop/pay", hundred(), `, total: 100`),
		"ObserveNothing": {Reason: "what is only shown is no plan", Kind: "Remediation", Want: []string{"spec.mode"},
			Spec: `{planHash: ` + hash + `, mode: Observe, areas: [a/b], changes: [` + change + `], total: 1}`},
	}
}

// hundred are 100 changes with texts of 1,000 characters and 100 holders each.
func hundred() string {
	long := strings.Repeat("x", 1000)
	return strings.ReplaceAll(repeat(100, `{id: '9%02d', target: kubernetes, operation: set-label, object: `+long+`, before: `+long+`, after: `+long+`, area: shop/pay, role: accountable, reason: `+long+`, holders: [HOLDERS]}`),
		"HOLDERS", repeat(100, "'team:acme/a-team-with-a-name-%d'"))
}

// Statuses are whole statuses of each kind, with every field that there is.
func Statuses() map[string]string {
	const common = `observedGeneration: 3, lastHandledReconcileAt: now, conditions: [{type: Ready, status: 'True', observedGeneration: 3, lastTransitionTime: 2026-01-01T00:00:00Z, reason: Judged, message: m}, {type: Stalled, status: 'True', lastTransitionTime: 2026-01-01T00:00:00Z, reason: ScopeDenied, message: ask for a grant}]`
	return map[string]string{
		"Area": `{` + common + `, state: Unknown, since: 2026-01-01T00:00:00Z, lastKnown: {state: Owned, since: 2026-01-01T00:00:00Z}, accountable: 'team:acme/pay', onCall: 'user:ann',
  requirements: [{role: accountable, status: Unknown, reason: r}],
  coverage: {percent: 87%, files: 100, owned: 90, catchAll: 3, effective: 87, unowned: 4, unmatched: 3, undetermined: 3, unknown: u},
  assignments: [{role: accountable, holder: 'team:acme/pay', declaredBy: area shop/pay, observedIn: [cluster]}], assignmentsTotal: 1,
  drift: [{kind: Missing, role: approver, holder: 'user:ann', reason: absent, message: m}], driftTotal: 1,
  findings: [{policy: p, key: k, severity: high, message: m}], findingsTotal: 1, undeterminedTotal: 1, exemptTotal: 1,
  suggestedOwners: [{holder: 'user:ann', because: b}]}`,
		"RoleAssignment":       `{` + common + `, phase: InForce}`,
		"Team":                 `{` + common + `}`,
		"ResponsibilityPolicy": `{` + common + `, title: t, subject: area, subjects: 4, failed: 1, findings: 2, undetermined: 1, exempt: 1}`,
		"OwnershipSource":      `{` + common + `, kind: git, repositories: 1, people: 2, teams: 3, namespaces: 4, lastSuccess: 2026-01-01T00:00:00Z}`,
		"RoleConfiguration":    `{` + common + `, roles: 'accountable, approver'}`,
		"Remediation":          `{` + common + `, phase: Running, made: 1, finishedAt: 2026-01-01T00:00:00Z, changes: [{id: '1', outcome: Made, by: remit-0, at: 2026-01-01T00:00:00Z, message: m}]}`,
	}
}
