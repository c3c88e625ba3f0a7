# METADATA
# title: No area hangs on one person
# custom: {severity: medium}
package remit.policies.shared_responsibility

parameters := {"minimum": 2}

people contains member if {
	some h in input.declared.accountable
	some member in data.remit.teams[h.holder].active_members
}

people contains h.holder if {
	some h in input.declared.accountable
	data.remit.people[h.holder].active
}

deny contains {"key": "few", "message": sprintf("%s hangs on %d people", [input.area.id, count(people)])} if {
	count(people) < parameters.minimum
}
