package remit.policies.valid_holder_test

import data.remit.policies.valid_holder as policy

area(kind, reason, at) := {"area": {"id": "payments/checkout"}, "drift": [{
	"kind": kind, "reason": reason, "at": at,
	"role": "approver", "holder": "user:mallory", "message": "",
}]}

test_each_reason_has_its_remedy if {
	every reason in ["absent", "left", "empty", "secret", "no-access", "placeholder", "inactive"] {
		found := policy.deny with input as area("invalid", reason, "acme/shop CODEOWNERS:2")
		some finding in found
		finding.key == concat("/", [reason, "approver", "user:mallory"])
		contains(finding.message, "acme/shop CODEOWNERS:2")
		not contains(finding.message, "is not a valid holder")
	}
}

test_an_unknown_reason_is_reported if {
	found := policy.deny with input as area("invalid", "suspended", "")
	some finding in found
	contains(finding.message, "user:mallory is not a valid holder")
}

test_other_drift_is_left_to_other_policies if {
	found := policy.deny with input as area("missing", "absent", "")
	count(found) == 0
}

test_reasons_can_be_ignored if {
	found := policy.deny with input as area("invalid", "secret", "") with policy.parameters as {"ignore": ["secret"]}
	count(found) == 0
}
