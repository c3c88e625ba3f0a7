# METADATA
# title: A critical area has a deputy
# description: Somebody who can stand in, and who has been working with the accountable holder before it is needed.
# custom: {severity: high, subject: area}
package remit.policies.critical_deputy

deny contains {
	"key": "none",
	"role": "deputy",
	"message": sprintf(
		"%s is critical and has no deputy; name somebody who learns to stand in for %s.",
		[input.area.id, concat(" and ", sort([holder.holder | some holder in input.declared.accountable]))],
	),
} if {
	count(input.declared.deputy) == 0
	count(input.declared.accountable) > 0
}
