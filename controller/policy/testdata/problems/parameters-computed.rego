# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

parameters := {"max": count(input.drift)}

deny contains {"key": "k", "message": "m"} if parameters.max > 1
