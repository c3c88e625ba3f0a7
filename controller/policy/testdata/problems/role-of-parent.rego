# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if count(data.remit.areas[input.area.parent].observed.aprover) == 0
