package remit.policies.no_conflict_test

import data.remit.policies.no_conflict as policy

area(drift) := {"area": {"id": "payments/checkout"}, "declared": {"accountable": [], "deputy": []}, "drift": drift}

difference(kind, reason, at) := {
	"kind": kind, "reason": reason, "at": at,
	"role": "approver", "holder": "team:acme/payments", "message": "",
}

keys(findings) := {finding.key | some finding in findings}

test_contradictions_are_denied if {
	found := policy.deny with input as area([
		difference("conflicting", "disagreement", "acme/shop CODEOWNERS:3"),
		difference("unexpected", "not-declared", ""),
		difference("invalid", "left", ""),
	])
	keys(found) == {"conflicting/approver/team:acme/payments", "unexpected/approver/team:acme/payments"}
	some finding in found
	contains(finding.message, "acme/shop CODEOWNERS:3")
}

test_missing_is_as_its_parameter_says if {
	missing := area([difference("missing", "not-observed", "")])
	every setting, rules in {"warn": ["warn"], "deny": ["deny"], "ignore": []} {
		denied := policy.deny with input as missing with policy.parameters as {"missing": setting, "apart": []}
		warned := policy.warn with input as missing with policy.parameters as {"missing": setting, "apart": []}
		count(denied) == count([1 | "deny" in rules])
		count(warned) == count([1 | "warn" in rules])
	}
}

test_several_reasons_are_one_finding if {
	found := policy.warn with input as area([
		difference("missing", "partial-extent", ""),
		difference("missing", "not-observed", ""),
	])
	count(found) == 1
}

test_partial_extent_says_so if {
	found := policy.warn with input as area([difference("missing", "partial-extent", "")])
	some finding in found
	contains(finding.message, "not observed as such everywhere")
}

test_nobody_is_their_own_deputy if {
	found := policy.deny with input as object.union(area([]), {"declared": {
		"accountable": [{"holder": "user:alice", "by": "area"}],
		"deputy": [{"holder": "user:bob", "by": "area"}, {"holder": "user:alice", "by": "parent"}],
	}})
	keys(found) == {"overlap/accountable/deputy/user:alice"}
}

test_a_role_that_is_not_configured_is_no_error if {
	found := policy.deny with input as area([]) with policy.parameters as {"missing": "warn", "apart": [["accountable", "nosuch"]]}
	count(found) == 0
}
