# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.a.b

deny contains {"key": "k", "message": "m"} if true
