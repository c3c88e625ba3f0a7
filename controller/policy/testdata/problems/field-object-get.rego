# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if object.get(input.area, "teir", "") == "critical"
