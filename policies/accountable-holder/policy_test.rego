package remit.policies.accountable_holder_test

import data.remit.policies.accountable_holder as policy

area(holders) := {
	"area": {"id": "payments/checkout", "virtual": false},
	"declared": {"accountable": [{"holder": holder, "by": "area"} | some holder in holders]},
}

teams := {"team:acme/payments": {"members": ["user:alice", "user:bob"]}}

people := {"user:robot": {"kind": "bot"}, "user:alice": {"kind": "human"}}

keys(findings) := {finding.key | some finding in findings}

test_one_holder_is_enough if {
	every holder in ["team:acme/payments", "user:alice"] {
		found := policy.deny with input as area([holder])
			with data.remit.teams as teams
			with data.remit.people as people
		count(found) == 0
	}
}

test_nobody if {
	found := policy.deny with input as area([])
	keys(found) == {"none"}
}

test_nobody_of_a_virtual_area if {
	found := policy.deny with input as object.union(area([]), {"area": {"virtual": true}})
	some finding in found
	contains(finding.message, "write an Area for it")
}

test_two_holders_are_too_many if {
	found := policy.deny with input as area(["team:acme/payments", "team:acme/checkout"]) with data.remit.teams as teams
	keys(found) == {"many"}
}

test_one_named_person_counts_with_the_team if {
	found := policy.deny with input as area(["team:acme/payments", "user:alice"]) with data.remit.teams as teams
	count(found) == 0
}

test_two_named_persons if {
	found := policy.deny with input as area(["team:acme/payments", "user:alice", "user:bob"])
		with data.remit.teams as teams
	keys(found) == {"names/team:acme/payments"}
}

test_limit_is_a_parameter if {
	three := area(["team:acme/a", "team:acme/b", "team:acme/c"])
	allowed := policy.deny with input as three with policy.parameters as {"max": 3}
	count(allowed) == 0
	found := policy.deny with input as three with policy.parameters as {"max": 2}
	some finding in found
	contains(finding.message, "keep 2 at most")
}

test_bots_and_schedules_answer_for_nothing if {
	found := policy.deny with input as area(["user:robot"]) with data.remit.people as people
	keys(found) == {"bot/user:robot"}
	scheduled := policy.deny with input as area(["schedule:pagerduty/P1"])
	keys(scheduled) == {"schedule/schedule:pagerduty/P1"}
}
