# METADATA
# title: Every holder exists and can act
# description: >-
#   A role helps nobody if its holder has left, is a team without people, or may not write to the repository
#   that it approves changes of. Drift holds only what is known, so a holder who is known to be none is reported
#   even where something else about the area is unknown.
# custom:
#   severity: high
#   subject: area
#   handles_unknown: true
package remit.policies.valid_holder

parameters := {
	# Reasons that are not reported: "absent", "left", "empty", "secret", "no-access", "placeholder" or "inactive".
	"ignore": [],
}

# METADATA
# title: The holder cannot act
# description: >-
#   The holder does not exist, has left, is a team without active people, is secret, may not write to the repository, or
#   is only a placeholder.
#   Each reason is a finding of its own.
# custom:
#   key: REASON/ROLE/HOLDER
deny contains {
	"key": concat("/", [drift.reason, drift.role, drift.holder]),
	"role": drift.role,
	"holder": drift.holder,
	"message": sprintf("%s: %s %s%s %s.", [input.area.id, drift.role, drift.holder, place(drift), says]),
} if {
	some drift in input.drift
	drift.kind == "invalid"
	not drift.reason in parameters.ignore
	says := object.get(reasons, drift.reason, "is not a valid holder; name another")
}

reasons := {
	"absent": "does not exist; correct the name, or name another",
	"left": "has left the organisation; name somebody else",
	"empty": "has no members; add people to it, or name another team",
	"inactive": "has no member who is human and active; add people to it, or name another team",
	"secret": "is a secret team, which cannot own code; make it visible, or name another team",
	"no-access": "has no write access, so its approval does not count; grant it, or name another",
	"placeholder": "stands for nobody; name a team or a person",
}

place(drift) := sprintf(" (%s)", [drift.at]) if drift.at != ""

place(drift) := "" if drift.at == ""
