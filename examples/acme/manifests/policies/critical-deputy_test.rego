package remit.policies.critical_deputy_test

import data.remit.policies.critical_deputy as policy

area(accountable, deputies) := {
	"area": {"id": "payments/ledger"},
	"declared": {
		"accountable": [{"holder": holder, "by": "area"} | some holder in accountable],
		"deputy": [{"holder": holder, "by": "area"} | some holder in deputies],
	},
}

test_no_deputy if {
	found := policy.deny with input as area(["user:ada"], [])
	some finding in found
	contains(finding.message, "stand in for user:ada")
}

test_deputy if {
	found := policy.deny with input as area(["user:ada"], ["user:bilal"])
	count(found) == 0
}

test_nobody_to_stand_in_for if {
	found := policy.deny with input as area([], [])
	count(found) == 0
}
