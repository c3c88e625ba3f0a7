# METADATA
# title: Test
# custom: {severity: high, subject: team}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if true
