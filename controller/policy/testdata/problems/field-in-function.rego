# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

small(team) if count(team.membrs) < 2

deny contains {"key": "k", "message": "m"} if small(data.remit.teams[input.area.parent])
