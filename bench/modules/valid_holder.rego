# METADATA
# title: The holder exists and is active
# custom: {severity: high}
package remit.policies.valid_holder

holders contains h.holder if {
	some role, _ in input.declared
	some h in input.declared[role]
}

valid(holder) if data.remit.people[holder].active

valid(holder) if count(data.remit.teams[holder].active_members) > 0

deny contains {"key": holder, "holder": holder, "message": sprintf("%s does not exist, or is not active", [holder])} if {
	some holder in holders
	not valid(holder)
}
