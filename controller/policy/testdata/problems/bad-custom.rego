# METADATA
# title: Test
# custom: {severity: urgent, subject: galaxy, handles_unknown: yes please, severty: low}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if true
