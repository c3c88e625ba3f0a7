# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

parameters := {"kinds": {"a", "b"}}

deny contains {"key": "k", "message": "m"} if "a" in parameters.kinds
