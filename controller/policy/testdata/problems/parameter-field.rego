# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

parameters := {"max": 1}

deny contains {"key": "k", "message": "m"} if count(input.drift) > parameters.maximum
