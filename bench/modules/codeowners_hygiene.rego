# METADATA
# title: No dead or invalid rules
# custom: {severity: low}
package remit.policies.codeowners_hygiene

parameters := {"kinds": ["dead", "invalid", "shadowed"]}

warn contains {"key": sprintf("%s:%d", [p.file, p.line]), "message": p.message, "location": {"repository": p.repository, "file": p.file, "line": p.line}} if {
	some p in input.codeowners
	p.kind in parameters.kinds
}
