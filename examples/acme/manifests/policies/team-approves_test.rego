package remit.policies.team_approves_test

import data.remit.policies.team_approves as policy

area(holder, repositories) := {
	"area": {"id": "payments/ledger", "repositories": repositories},
	"declared": {"accountable": [{"holder": holder, "by": "area"}]},
}

test_team_approves if {
	found := policy.declare with input as area("team:acme/payments", ["acme/shop"])
	{declaration.holder | some declaration in found} == {"team:acme/payments"}
}

test_person_does_not if {
	found := policy.declare with input as area("user:ada", ["acme/shop"])
	count(found) == 0
}

test_duty_has_no_code if {
	found := policy.declare with input as area("team:acme/payments", [])
	count(found) == 0
}
