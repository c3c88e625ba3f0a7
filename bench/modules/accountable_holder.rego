# METADATA
# title: Every area has one accountable holder
# custom: {severity: high}
package remit.policies.accountable_holder

parameters := {"max": 1}

deny contains {"key": "none", "role": "accountable", "message": sprintf("%s has no accountable holder", [input.area.id])} if {
	count(input.declared.accountable) == 0
}

deny contains {"key": "several", "role": "accountable", "message": sprintf("%s has %d accountable holders", [input.area.id, n])} if {
	n := count(input.declared.accountable)
	n > parameters.max
}
