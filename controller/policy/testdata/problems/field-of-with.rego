# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if late with data.remit.clock.minute as 3

late if data.remit.clock.hour > 20
