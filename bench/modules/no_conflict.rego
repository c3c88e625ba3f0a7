# METADATA
# title: Sources do not contradict each other
# custom: {severity: high}
package remit.policies.no_conflict

deny contains {"key": sprintf("%s/%s", [d.role, d.holder]), "role": d.role, "holder": d.holder, "message": d.message} if {
	some d in input.drift
	d.kind == "conflicting"
}
