# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if {
	every h in input.observed.approver {
		h.file > 0
	}
}
