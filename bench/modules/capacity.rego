# METADATA
# title: Nobody holds more than they can carry
# custom: {severity: medium}
package remit.policies.capacity

parameters := {"areas": 60}

warn contains {"key": h.holder, "holder": h.holder, "message": sprintf("%s holds %d areas", [h.holder, load.areas])} if {
	some h in input.declared.accountable
	load := data.remit.load[h.holder]
	load.areas > parameters.areas
}
