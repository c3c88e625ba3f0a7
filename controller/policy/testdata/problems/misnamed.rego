# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

denies contains {"key": "k", "message": "m"} if true

Deny contains {"key": "k", "message": "m"} if true

warning contains x if x := {"key": "k", "message": "m"}

deny_all contains x if x := {"key": "k", "message": "m"}

violation contains x if x := {"key": "k", "message": "m"}

assign contains {"role": "deputy", "holder": "user:a"} if true
