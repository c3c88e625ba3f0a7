# METADATA
# title: Each accountable holder has a deputy
# custom: {severity: medium}
package remit.policies.deputy

parameters := {"tiers": ["critical", "high"]}

deny contains {"key": "none", "role": "deputy", "message": sprintf("%s has no deputy", [input.area.id])} if {
	input.area.tier in parameters.tiers
	count(input.declared.accountable) > 0
	count(input.declared.deputy) == 0
}
