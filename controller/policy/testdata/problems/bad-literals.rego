# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k"} if true

warn contains {"mesage": "m", "key": "k", "severity": "urgent"} if true

declare contains {"role": "deputy"} if true
