# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

declare contains {"role": "deputy", "holder": h.holder} if {
	some h in data.remit.areas[input.area.parent].declared.deputy
}
