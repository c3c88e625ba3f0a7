# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains "message" if true
