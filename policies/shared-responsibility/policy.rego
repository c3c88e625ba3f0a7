# METADATA
# title: No area hangs on one person
# description: >-
#   Holidays, illness and a new job happen to everybody. Each area is carried by several active people, and
#   the recent work on it comes from more than one of them.
# custom:
#   severity: medium
#   subject: area
package remit.policies.shared_responsibility

parameters := {
	# How many different active people must carry an area. Bots and people who have left do not count.
	"min_people": 2,
	# The roles whose holders carry it, declared or observed; a team counts with its active members.
	"roles": ["accountable", "responsible", "approver"],
	# The part of the recent commits, from 0 to 1, from which on they count as one person's work.
	"max_share": 0.8,
	# How many recent commits by people there must be before their authors are compared.
	"min_commits": 10,
}

# METADATA
# title: Too few people
# description: >-
#   Fewer active people than wanted hold any of the roles. Where there is nobody at all, accountable-holder and
#   valid-holder say so; an area with a schedule among the holders is not judged, since who is on it is not known here.
# custom:
#   key: few-people
deny contains {
	"key": "few-people",
	"message": sprintf(
		"%s hangs on %s alone; give roles to more people, or add members to its teams, until there are %d.",
		[input.area.id, concat(" and ", sort(people)), parameters.min_people],
	),
} if {
	count(people) > 0
	not has_schedule
	count(people) < parameters.min_people
}

# METADATA
# title: One person does all the work
# description: >-
#   One author has written nearly all recent commits by people, so the knowledge leaves with that author
#   (the area's truck factor is one).
# custom:
#   key: one-author/HOLDER
warn contains {
	"key": concat("/", ["one-author", author.holder]),
	"holder": author.holder,
	"message": sprintf(
		"%s wrote %v%% or more of the recent commits to %s; have somebody else make the next changes, and let them review.",
		[author.holder, round(parameters.max_share * 100), input.area.id],
	),
} if {
	total := sum([author.commits | some author in authors])
	total >= parameters.min_commits
	some author in authors
	author.commits >= parameters.max_share * total
}

# Shares are taken of the commits by people: an area where a bot makes half of the commits can still hang on one author.
authors := [author | some author in input.contributors; not author.bot]

holders contains declared.holder if {
	some role in parameters.roles
	some declared in input.declared[role]
}

holders contains observed.holder if {
	some role in parameters.roles
	some observed in input.observed[role]
}

has_schedule if {
	some holder in holders
	startswith(holder, "schedule:")
}

people contains holder if {
	some holder in holders
	startswith(holder, "user:")
	data.remit.people[holder].active
	data.remit.people[holder].kind != "bot"
}

people contains member if {
	some holder in holders
	startswith(holder, "team:")
	some member in data.remit.teams[holder].active_members
}
