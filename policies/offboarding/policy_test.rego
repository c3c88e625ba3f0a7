package remit.policies.offboarding_test

import data.remit.policies.offboarding as policy

person(active, ends) := {
	"id": "mallory", "holder": "user:mallory", "teams": ["acme/payments"],
	"person": {"kind": "human", "active": active, "ends": ends},
	"holds": [
		{"area": "payments/ledger", "role": "approver", "how": "declared", "at": "payments.yaml:3"},
		{"area": "payments/ledger", "role": "approver", "how": "observed", "at": "acme/shop CODEOWNERS:1"},
		{"area": "payments/ledger", "role": "approver", "how": "observed", "at": "acme/ledger CODEOWNERS:2"},
	],
}

keys(findings) := {finding.key | some finding in findings}

test_who_left_holds_nothing if {
	found := policy.deny with input as person(false, "2026-01-31")
	keys(found) == {
		"holds/payments/ledger/approver/declared",
		"holds/payments/ledger/approver/observed",
		"member/acme/payments",
	}
	every finding in found {
		contains(finding.message, "left on 2026-01-31")
	}
	some finding in found
	contains(finding.message, "(observed, acme/ledger CODEOWNERS:2, acme/shop CODEOWNERS:1)")
}

test_unknown_day if {
	found := policy.deny with input as person(false, "")
	every finding in found {
		contains(finding.message, "user:mallory left and")
	}
}

test_active_people_may_hold if {
	every ends in ["", "2026-12-31"] {
		denied := policy.deny with input as person(true, ends) with data.remit.clock.day as "2026-01-01"
		warned := policy.warn with input as person(true, ends) with data.remit.clock.day as "2026-01-01"
		count(denied) + count(warned) == 0
	}
}

test_notice_is_given_once_for_each_role if {
	every day in ["2026-02-15", "2026-02-28", "2026-03-01"] {
		found := policy.warn with input as person(true, "2026-03-01") with data.remit.clock.day as day
		keys(found) == {"leaving/payments/ledger/approver"}
	}
	early := policy.warn with input as person(true, "2026-03-01") with data.remit.clock.day as "2026-02-14"
	count(early) == 0
}

test_notice_can_be_turned_off if {
	found := policy.warn with input as person(true, "2026-03-01")
		with data.remit.clock.day as "2026-02-28"
		with policy.parameters as {"notice_days": 0}
	count(found) == 0
}
