# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if {
	t := data.remit.teams[input.area.parent]
	count(t.membrs) == 0
}
