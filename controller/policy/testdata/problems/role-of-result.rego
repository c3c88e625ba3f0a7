# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m", "role": "nosuchrole"} if input.area.virtual

declare contains {"role": "dputy", "holder": "user:bob"} if input.area.virtual
