# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny if input.area.virtual

warn := ["m"]

declare["k"] := {"role": "deputy", "holder": "user:a"}
