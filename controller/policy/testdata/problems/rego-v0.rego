# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny[x] { x := {"key": "k", "message": "m"} }
