# METADATA
# title: Somebody who left holds nothing
# description: >-
#   Whoever leaves hands over before, and has no role and no access after. Otherwise areas look owned that
#   are not, and an account that nobody watches can still approve changes.
# custom:
#   severity: critical
#   subject: person
#   handles_unknown: true
package remit.policies.offboarding

# It takes it on itself to handle what is unknown: it only speaks of roles and memberships that somebody was seen to
# have, and concludes nothing from one that was not seen. Otherwise one repository that cannot be read would hide all.

parameters := {
	# How many days before somebody leaves their roles are reported, so that there is time to hand over. 0 turns it off.
	"notice_days": 14,
}

# METADATA
# title: Somebody who left has a role
# description: A manifest declares, or a source names, somebody who does not belong to the organisation any more.
# custom:
#   key: holds/AREA/ROLE/HOW
deny contains {
	"key": concat("/", ["holds", held.area, held.role, held.how]),
	"role": held.role,
	"holder": input.holder,
	"message": sprintf(
		"%s left%s and still has the role %s in %s (%s); name somebody else.",
		[input.holder, on_day, held.role, held.area, concat(", ", array.concat([held.how], places(held)))],
	),
} if {
	not input.person.active
	some held in input.holds
}

# METADATA
# title: Somebody who left is in a team
# description: Membership gives the team's access, and makes the team look larger than it is.
# custom:
#   key: member/TEAM
deny contains {
	"key": concat("/", ["member", team]),
	"holder": input.holder,
	"message": sprintf(
		"%s left%s and is still a member of %s; remove the membership.",
		[input.holder, on_day, team],
	),
} if {
	not input.person.active
	some team in input.teams
}

# METADATA
# title: Somebody is about to leave
# description: There is still time to hand over, and to let the successor work on the area together with them.
# custom:
#   key: leaving/AREA/ROLE
warn contains {
	"key": concat("/", ["leaving", held.area, held.role]),
	"role": held.role,
	"holder": input.holder,
	"message": sprintf(
		"%s leaves on %s and has the role %s in %s; name a successor, and hand over.",
		[input.holder, input.person.ends, held.role, held.area],
	),
} if {
	parameters.notice_days > 0
	input.person.active
	input.person.ends != ""
	some held in input.holds
	days(input.person.ends) - days(data.remit.clock.day) <= parameters.notice_days
}

on_day := sprintf(" on %s", [input.person.ends]) if input.person.ends != ""

on_day := "" if input.person.ends == ""

# Two sources may say the same of one role: that is one finding, with all the places.
places(held) := sort(object.get(spots, [duty(held)], set()))

spots[duty(held)] contains held.at if {
	some held in input.holds
	held.at != ""
}

duty(held) := [held.area, held.role, held.how]

# Days since 1970, of a day such as "2006-01-02".
days(day) := time.parse_rfc3339_ns(concat("", [day, "T00:00:00Z"])) / 86400000000000
