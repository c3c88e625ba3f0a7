# METADATA
# title: The accountable team approves its code
# description: Where an Area names no approver, the team that answers for it is the one. A person who answers is not.
# custom: {severity: medium, subject: area}
package remit.policies.team_approves

declare contains {
	"role": "approver",
	"holder": declared.holder,
	"reason": "the accountable team approves its code",
} if {
	count(input.area.repositories) > 0
	some declared in input.declared.accountable
	startswith(declared.holder, "team:")
}
