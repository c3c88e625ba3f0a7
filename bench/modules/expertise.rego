# METADATA
# title: The accountable team has recently worked on the area
# custom: {severity: low}
package remit.policies.expertise

experts contains c.holder if {
	some c in input.contributors
	not c.bot
	c.share >= 0.1
}

members contains member if {
	some h in input.declared.accountable
	some member in data.remit.teams[h.holder].members
}

warn contains {"key": "strangers", "message": sprintf("nobody of %s has worked on it lately", [concat(", ", [h.holder | some h in input.declared.accountable])])} if {
	count(members) > 0
	count(experts) > 0
	count(experts & members) == 0
}
