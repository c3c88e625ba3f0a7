# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

helper := 1
