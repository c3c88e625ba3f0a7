# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

declare contains {"role": "deputy", "holder": d.holder} if some d in drift

drift := input.drift
