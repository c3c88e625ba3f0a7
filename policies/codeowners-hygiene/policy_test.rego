package remit.policies.codeowners_hygiene_test

import data.remit.policies.codeowners_hygiene as policy

area(problems) := {"area": {"id": "payments/checkout"}, "codeowners": problems}

problem(kind, line) := {
	"kind": kind, "line": line, "message": "not supported.",
	"repository": "acme/shop", "file": "CODEOWNERS", "pattern": "/web/",
}

keys(findings) := {finding.key | some finding in findings}

test_invalid_lines_are_denied if {
	found := policy.deny with input as area([problem("invalid", 3)])
	some finding in found
	finding.key == "invalid/acme/shop//web/"
	finding.severity == "medium"
	finding.location == {"repository": "acme/shop", "file": "CODEOWNERS", "line": 3}
	contains(finding.message, "CODEOWNERS:3: not supported;")
}

test_whole_files_have_no_line if {
	found := policy.deny with input as area([object.union(
		problem("invalid", 0),
		{"pattern": "", "message": "no rule is in force: the file is too large"},
	)])
	some finding in found
	finding.key == "invalid/acme/shop"
	contains(finding.message, "GitHub does not load acme/shop CODEOWNERS: no rule is in force: the file is too large; correct")
}

test_rules_without_effect_are_warned_of if {
	every kind in ["dead", "shadowed", "duplicate", "catch-all-only", "missing"] {
		found := policy.warn with input as area([problem(kind, 3)])
		keys(found) == {concat("/", [kind, "acme/shop", "/web/"])}
		denied := policy.deny with input as area([problem(kind, 3)])
		count(denied) == 0
	}
}

test_first_line_stands_for_all if {
	found := policy.warn with input as area([problem("dead", 10), problem("dead", 9)])
	{finding.location.line | some finding in found} == {9}
}

test_all_lines_are_named if {
	found := policy.warn with input as area([problem("dead", 10), problem("dead", 9)])
	some finding in found
	contains(finding.message, "acme/shop CODEOWNERS:9, 10 matches no file")
}

test_many_lines_are_cut if {
	found := policy.warn with input as area([problem("dead", line) | some line in numbers.range(1, 9)])
	some finding in found
	contains(finding.message, "CODEOWNERS:1, 2, 3, 4, 5, ... matches")
}

test_long_patterns_are_cut if {
	long := concat("", [c | some _ in numbers.range(1, 300); c := "x"])
	found := policy.warn with input as area([object.union(problem("dead", 3), {"pattern": long})])
	some finding in found
	contains(finding.message, "xxx... at acme/shop CODEOWNERS:3 matches no file")
	count(finding.message) < 350
}

test_doubtful_lines if {
	found := policy.warn with input as area([problem("doubtful", 3)])
	some finding in found
	finding.key == "doubtful/acme/shop//web/"
	contains(finding.message, "since not supported; write")
}

test_no_pattern if {
	found := policy.warn with input as area([object.union(problem("missing", 0), {"pattern": "", "file": ""})])
	keys(found) == {"missing/acme/shop"}
}

test_kinds_can_be_ignored if {
	found := policy.warn with input as area([problem("dead", 1), problem("shadowed", 2)])
		with policy.parameters as {"ignore": ["dead"]}
	keys(found) == {"shadowed/acme/shop//web/"}
}

test_line_and_place_are_named_once if {
	invalid := object.union(problem("invalid", 7), {"message": "Invalid pattern on line 7: Did you mean `/docs/` instead?"})
	found := policy.deny with input as {"area": {"id": "acme/shop"}, "codeowners": [invalid]}
	{finding.message | some finding in found} == {"acme/shop: GitHub skips CODEOWNERS:7: Invalid pattern: Did you mean `/docs/` instead?"}
}

test_whole_file_of_the_areas_own_repository if {
	invalid := object.union(problem("invalid", 0), {"pattern": "", "message": "no rule is in force: not text"})
	found := policy.deny with input as {"area": {"id": "repository:acme/shop"}, "codeowners": [invalid]}
	{finding.message | some finding in found} == {"repository:acme/shop: GitHub does not load CODEOWNERS: no rule is in force: not text; correct the file."}
}

test_no_file_in_the_areas_own_repository if {
	missing := object.union(problem("missing", 0), {"pattern": "", "file": ""})
	found := policy.warn with input as {"area": {"id": "repository:acme/shop"}, "codeowners": [missing]}
	some finding in found
	contains(finding.message, "the repository has no CODEOWNERS file")
}
