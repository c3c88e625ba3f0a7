# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

import data.remit.policies.other.helper

deny contains {"key": "k", "message": "m"} if helper(1)
