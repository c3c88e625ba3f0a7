# METADATA
# title: Most files have an owner
# custom: {severity: medium}
package remit.policies.coverage

parameters := {"minimum": {"critical": 0.95, "high": 0.9, "low": 0.5}}

deny contains {"key": "coverage", "message": sprintf("%d of %d files have an owner", [input.coverage.effective, input.coverage.total])} if {
	input.coverage.total > 0
	minimum := object.get(parameters.minimum, input.area.tier, 0.5)
	input.coverage.effective / input.coverage.total < minimum
}
