# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if {
	some h
	data.remit.teams[h].secret
}
