# METADATA
# title: Declarations and systems do not contradict each other
# description: >-
#   What is declared of an area and what the real systems say is the same: no two sources that name different
#   holders, no owner whom nobody declared, no duty that overlaps with the one meant to back it up.
# custom:
#   severity: high
#   subject: area
package remit.policies.no_conflict

parameters := {
	# What a holder who is declared, but not (or not everywhere) observed is: "deny", "warn" or "ignore".
	"missing": "warn",
	# Pairs of roles that one holder must not have at once in one area, since the second backs up the first.
	"apart": [["accountable", "deputy"]],
}

# METADATA
# title: Sources disagree
# description: Two sources that decide about the role name different holders.
# custom:
#   key: conflicting/ROLE/HOLDER
deny contains result(drift, sprintf(
	"%s: sources disagree on the role %s, where one names %s%s and another does not; correct one, or let one decide.",
	[input.area.id, drift.role, drift.holder, place(drift)],
)) if {
	some drift in drifts
	drift.kind == "conflicting"
}

# METADATA
# title: An undeclared holder
# description: A source names a holder whom nobody declared, in a role that only declared holders may have.
# custom:
#   key: unexpected/ROLE/HOLDER
deny contains result(drift, sprintf(
	"%s: %s is observed as %s%s, but not declared; declare it in the Area, or take it out of the system.",
	[input.area.id, drift.holder, drift.role, place(drift)],
)) if {
	some drift in drifts
	drift.kind == "unexpected"
}

# METADATA
# title: A declared holder is missing (where the parameter `missing` is "deny")
# description: The source that decides does not name a declared holder, or not for the whole area.
# custom:
#   key: missing/ROLE/HOLDER
deny contains missing if {
	parameters.missing == "deny"
	some missing in missings
}

# METADATA
# title: A declared holder is missing (where the parameter `missing` is "warn")
# description: As above, with severity medium.
# custom:
#   key: missing/ROLE/HOLDER
warn contains object.union(missing, {"severity": "medium"}) if {
	parameters.missing == "warn"
	some missing in missings
}

# METADATA
# title: One holder in two roles that are to be apart
# description: A deputy who is also the one to stand in for is no deputy.
# custom:
#   key: overlap/ROLE/ROLE/HOLDER
deny contains {
	"key": concat("/", ["overlap", first, second, holder]),
	"role": second,
	"holder": holder,
	"message": sprintf(
		"%s: %s is both %s and %s; name somebody else as %s.",
		[input.area.id, holder, first, second, second],
	),
} if {
	some [first, second] in parameters.apart
	some holder in {one.holder | some one in input.declared[first]}
	holder in {other.holder | some other in input.declared[second]}
}

missings contains result(drift, sprintf(
	"%s: %s is declared %s%s, but not observed as such%s; name it in the system as well, or correct the declaration.",
	[input.area.id, drift.holder, drift.role, place(drift), lacking(drift)],
)) if {
	some drift in drifts
	drift.kind == "missing"
}

lacking(drift) := " everywhere" if drift.reason == "partial-extent"

lacking(drift) := "" if drift.reason != "partial-extent"

# The key leaves the reason out: a rule that is added for half of the files does not make a new finding of it. So one
# drift for each key is taken, whatever its reasons.
drifts contains drift if {
	some drift in input.drift
	drift.reason == min(same[key(drift)])
}

same[key(drift)] contains drift.reason if some drift in input.drift

key(drift) := concat("/", [drift.kind, drift.role, drift.holder])

result(drift, message) := {
	"key": key(drift),
	"role": drift.role,
	"holder": drift.holder,
	"message": message,
}

place(drift) := sprintf(" (%s)", [drift.at]) if drift.at != ""

place(drift) := "" if drift.at == ""
