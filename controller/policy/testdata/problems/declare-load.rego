# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

declare contains {"role": "deputy", "holder": "user:a"} if {
	data.remit.load["user:a"].areas < 3
}
