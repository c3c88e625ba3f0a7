# METADATA
# title: Every area has one accountable holder
# description: >-
#   Work is shared, answerability is not. Each area names one team or one person who answers for its
#   outcome; where it is a team, one person in it may be named as well.
# custom:
#   severity: high
#   subject: area
package remit.policies.accountable_holder

parameters := {
	# How many holders may be accountable for one area. One person who is named beside a team of theirs counts with it.
	# (How many Remit takes at all is maxHolders of the role in the RoleConfiguration, which is 1: of more it takes none.)
	"max": 1,
}

# METADATA
# title: Nobody is accountable
# description: No manifest, policy or parent area declares an accountable holder.
# custom:
#   key: none
deny contains {
	"key": "none",
	"role": "accountable",
	"message": sprintf("%s has no accountable holder; %s.", [input.area.id, where_to_declare]),
} if {
	count(holders) == 0
}

# METADATA
# title: Too many are accountable
# description: Where several answer, nobody does. Those who only do the work are responsible, not accountable.
# custom:
#   key: many
deny contains {
	"key": "many",
	"role": "accountable",
	"message": sprintf(
		"%s has too many accountable holders, %s; keep %s, and make the others responsible.",
		[input.area.id, concat(" and ", sort(answering)), at_most],
	),
} if {
	count(holders) > parameters.max
	count(answering) > parameters.max
}

# METADATA
# title: A team names several persons
# description: A team that is accountable may name one person in it who answers for the team, not several.
# custom:
#   key: names/HOLDER
deny contains {
	"key": concat("/", ["names", team]),
	"role": "accountable",
	"holder": team,
	"message": sprintf(
		"%s names %s to answer for %s; keep one of them.",
		[input.area.id, concat(" and ", sort(named)), team],
	),
} if {
	count(holders) > 2
	some team in holders
	named := {person | some person in holders; person in data.remit.teams[team].members}
	count(named) > 1
}

# METADATA
# title: A bot is accountable
# description: A bot can do work, but it cannot answer for an outcome.
# custom:
#   key: bot/HOLDER
deny contains {
	"key": concat("/", ["bot", holder]),
	"role": "accountable",
	"holder": holder,
	"message": sprintf(
		"%s is accountable for %s, but is a bot; name a person or a team.",
		[holder, input.area.id],
	),
} if {
	some holder in holders
	startswith(holder, "user:")
	data.remit.people[holder].kind == "bot"
}

# METADATA
# title: An on-call schedule is accountable
# description: A schedule names somebody else every week; answering for an area does not rotate.
# custom:
#   key: schedule/HOLDER
deny contains {
	"key": concat("/", ["schedule", holder]),
	"role": "accountable",
	"holder": holder,
	"message": sprintf(
		"%s is accountable for %s, but is a schedule; make it oncall, and name a person or a team.",
		[holder, input.area.id],
	),
} if {
	some holder in holders
	startswith(holder, "schedule:")
}

holders := {declared.holder | some declared in input.declared.accountable}

# Those who answer apart from each other: a person who is named beside a team of theirs answers for that team.
answering contains holder if {
	some holder in holders
	not answers_for_team(holder)
}

answers_for_team(person) if {
	startswith(person, "user:")
	some team in holders
	startswith(team, "team:")
	person in data.remit.teams[team].members
}

at_most := "one" if parameters.max == 1

at_most := sprintf("%d at most", [parameters.max]) if parameters.max != 1

where_to_declare := "name one team or person in its Area, or in its parent's" if not input.area.virtual

where_to_declare := "write an Area for it that names one team or person" if input.area.virtual
