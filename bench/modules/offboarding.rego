# METADATA
# title: Somebody who left holds nothing
# custom: {severity: critical}
package remit.policies.offboarding

deny contains {"key": h.holder, "holder": h.holder, "message": sprintf("%s left and still approves", [h.holder])} if {
	some h in input.observed.approver
	startswith(h.holder, "user:")
	person := data.remit.people[h.holder]
	not person.active
}
