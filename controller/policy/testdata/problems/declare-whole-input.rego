# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

declare contains {"role": "deputy", "holder": "user:a"} if {
	some role, _ in object.get(input, "declared", {})
	role == "x"
}
