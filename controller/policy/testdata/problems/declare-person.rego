# METADATA
# title: Test
# custom: {severity: high, subject: person}
package remit.policies.test

declare contains {"role": "deputy", "holder": input.holder} if true
