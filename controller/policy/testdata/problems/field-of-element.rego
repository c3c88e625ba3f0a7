# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": h.holdr, "message": "m"} if {
	some h in input.declared.accountable
}
