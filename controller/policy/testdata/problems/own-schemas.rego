# METADATA
# title: Test
# schemas:
#   - input: {type: object}
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if true
