# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

team := data.remit.teams[input.area.parent]

deny contains {"key": "k", "message": "m"} if team.membrs == []
