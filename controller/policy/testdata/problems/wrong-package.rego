# METADATA
# title: Test
# custom: {severity: high}
package acme.test

deny contains {"key": "k", "message": "m"} if true
