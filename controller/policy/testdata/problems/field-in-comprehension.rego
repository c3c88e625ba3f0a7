# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if count([p | some m in data.remit.teams["team:a/b"].members; p := data.remit.people[m]; p.activ]) == 0
