# METADATA
# title: CODEOWNERS says what it means
# description: >-
#   Rules that GitHub skips, that match nothing or that another rule always overrides look like ownership and
#   are none. What nobody but a catch-all rule owns is nobody's in practice.
# custom:
#   severity: low
#   subject: area
#   handles_unknown: true
package remit.policies.codeowners_hygiene

parameters := {
	# Kinds that are not reported: "invalid", "dead", "shadowed", "duplicate", "catch-all-only", "doubtful" or "missing".
	"ignore": [],
}

# METADATA
# title: A line that GitHub skips
# description: >-
#   The line is no valid rule, so the files that it means have another owner, or none. Where its pattern cannot be
#   told, the key ends with the repository, and one finding names all such lines.
# custom:
#   key: invalid/REPOSITORY/PATTERN
deny contains object.union(result(problem), {
	"severity": "medium",
	"message": skipped(problem),
}) if {
	some problem in problems
	problem.kind == "invalid"
}

# METADATA
# title: A rule without effect, a catch-all, or no file at all
# description: >-
#   `dead` matches no file, `shadowed` is overridden for each file by later rules, `duplicate` repeats an
#   earlier pattern, `catch-all-only` is a catch-all rule that alone owns files, `missing` is a repository without CODEOWNERS.
# custom:
#   key: KIND/REPOSITORY/PATTERN
warn contains object.union(
	result(problem),
	{"message": sprintf("%s: %s.", [input.area.id, sprintf(sentence, [subject(problem)])])},
) if {
	some problem in problems
	sentence := sentences[problem.kind]
}

# METADATA
# title: A line that hardly says what is meant
# description: GitHub takes it, but differently from what its author must have thought.
# custom:
#   key: doubtful/REPOSITORY/PATTERN
warn contains object.union(result(problem), {"message": sprintf(
	"%s: %s hardly says what is meant, since %s; write it another way.",
	[input.area.id, place(problem), trim_suffix(problem.message, ".")],
)}) if {
	some problem in problems
	problem.kind == "doubtful"
}

skipped(problem) := sprintf("%s: GitHub skips %s: %s", [input.area.id, place(problem), advised(fault(problem))]) if {
	problem.line > 0
}

# Line 0 is the whole file: too large, or not text.
skipped(problem) := sprintf(
	"%s: GitHub does not load %s: %s; correct the file.",
	[input.area.id, place(problem), trim_suffix(problem.message, ".")],
) if {
	problem.line == 0
}

# GitHub's messages name the line, which stands before them already.
fault(problem) := trim_suffix(replace(problem.message, sprintf(" on line %d", [problem.line]), ""), ".")

# One that ends in a question says what to do.
advised(text) := text if endswith(text, "?")

advised(text) := concat("", [text, "; correct the line, or remove it."]) if not endswith(text, "?")

sentences := {
	"dead": "%s matches no file; remove it, or correct its path",
	"shadowed": "%s never decides, since later rules override it for every file; remove it, or move it down",
	"duplicate": "%s repeats the pattern of another rule; keep the one that is meant",
	"catch-all-only": "%s is all that owns some files; give them a rule that names their owners",
	"missing": "%s has no CODEOWNERS file; add one, at best as .github/CODEOWNERS",
}

# One problem for each key: where the same pattern is wrong in several ways or on several lines, the first stands
# for all.
problems contains problem if {
	some problem in input.codeowners
	not problem.kind in parameters.ignore
	order(problem) == min(same[key(problem)])
}

same[key(problem)] contains order(problem) if some problem in input.codeowners

order(problem) := [problem.line, problem.message]

# The key has no line number, so that a finding stays the same when lines are added above it.
key(problem) := concat("/", [problem.kind, problem.repository, problem.pattern]) if problem.pattern != ""

key(problem) := concat("/", [problem.kind, problem.repository]) if problem.pattern == ""

result(problem) := {
	"key": key(problem),
	"location": {"repository": problem.repository, "file": problem.file, "line": problem.line},
}

subject(problem) := problem.repository if {
	problem.kind == "missing"
	not evident(problem)
}

subject(problem) := "the repository" if {
	problem.kind == "missing"
	evident(problem)
}

subject(problem) := sprintf("the rule %s at %s", [short(problem.pattern), place(problem)]) if problem.kind != "missing"

# A message must not end before it says what is wrong.
short(text) := text if count(text) <= 200

short(text) := concat("", [substring(text, 0, 200), "..."]) if count(text) > 200

# Each place once: a repository that the area is named after is not named again, and a whole file has no line.
place(problem) := trim_suffix(concat("", [repository(problem), problem.file, ":", concat(", ", lines(problem))]), ":0")

repository(problem) := concat("", [problem.repository, " "]) if not evident(problem)

repository(problem) := "" if evident(problem)

evident(problem) if input.area.id in {problem.repository, concat("", ["repository:", problem.repository])}

# All lines that the finding stands for, as far as a message can name them.
lines(problem) := array.concat([sprintf("%d", [line]) | some line in array.slice(sorted, 0, 5)], more) if {
	sorted := sort({line | some [line, _] in same[key(problem)]})
	more := ["..." | count(sorted) > 5]
}
