# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

a if b

b if a

deny contains {"key": "k", "message": "m"} if a
