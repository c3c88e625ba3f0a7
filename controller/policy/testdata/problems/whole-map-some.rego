# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if {
	some t in data.remit.teams
	t.secret
}
