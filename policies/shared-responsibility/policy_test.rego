package remit.policies.shared_responsibility_test

import data.remit.policies.shared_responsibility as policy

area(declared, observed) := {
	"area": {"id": "payments/ledger"},
	"declared": {role: [{"holder": holder} | some holder in holders] | some role, holders in declared},
	"observed": {role: [{"holder": holder} | some holder in holders] | some role, holders in observed},
	"contributors": [],
}

authors(commits) := {
	"area": {"id": "payments/ledger"},
	"declared": {},
	"observed": {},
	"contributors": [{"holder": holder, "commits": n, "bot": holder == "user:robot"} | some holder, n in commits],
}

people := {
	"user:alice": {"kind": "human", "active": true},
	"user:bob": {"kind": "contractor", "active": true},
	"user:mallory": {"kind": "human", "active": false},
	"user:robot": {"kind": "bot", "active": true},
}

teams := {"team:acme/payments": {"active_members": ["user:alice", "user:bob"]}}

few(declared, observed) := found if {
	found := policy.deny with input as area(declared, observed)
		with data.remit.people as people
		with data.remit.teams as teams
}

test_two_people_share if {
	count(few({"accountable": ["user:alice"]}, {"approver": ["user:bob"]})) == 0
	count(few({"accountable": ["team:acme/payments"]}, {})) == 0
}

test_one_person_in_several_roles_is_one_person if {
	some finding in few({"accountable": ["user:alice"], "responsible": ["user:alice"]}, {"approver": ["user:alice"]})
	contains(finding.message, "user:alice alone")
}

test_bots_and_leavers_do_not_count if {
	holders := {"accountable": ["user:mallory", "user:alice"], "responsible": ["user:robot"]}
	count(few(holders, {})) == 1
}

test_other_roles_do_not_count if {
	count(few({"accountable": ["user:alice"], "informed": ["user:bob"]}, {})) == 1
}

test_nobody_at_all_is_left_to_others if {
	count(few({"accountable": []}, {})) == 0
	count(few({"accountable": ["user:mallory"]}, {})) == 0
}

test_schedules_are_not_judged if {
	count(few({"accountable": ["user:alice"], "responsible": ["schedule:pagerduty/P1"]}, {})) == 0
}

test_one_author if {
	found := policy.warn with input as authors({"user:alice": 8, "user:bob": 2, "user:robot": 100})
	{finding.key | some finding in found} == {"one-author/user:alice"}
}

test_shared_work if {
	found := policy.warn with input as authors({"user:alice": 7, "user:bob": 3})
	count(found) == 0
}

test_too_few_commits_to_tell if {
	found := policy.warn with input as authors({"user:alice": 9, "user:robot": 50})
	count(found) == 0
}
