package kindcases

// RoleAssignments are objects of the kind.
func RoleAssignments() map[string]Case {
	with := func(more string) string { return `{area: a, role: oncall, holders: ['user:a']` + more + `}` }
	return map[string]Case{
		"Whole":           {Reason: "everything given", Kind: "RoleAssignment", Spec: with(`, add: true, validFrom: 2026-01-01T00:00:00Z, validUntil: 2026-01-01T00:00:01+00:00, reason: r, delegatedBy: 'team:a/b', acknowledgedBy: 'user:a', acknowledgedAt: 2026-01-01T00:00:00Z, reviewEvery: 2160h, mode: Propose, suspend: true`)},
		"Ends":            {Reason: "an end alone", Kind: "RoleAssignment", Spec: with(`, validUntil: 2026-01-01T00:00:00Z`)},
		"Backwards":       {Reason: "the end is after the start", Kind: "RoleAssignment", Spec: with(`, validFrom: 2026-01-02T00:00:00Z, validUntil: 2026-01-02T01:00:00+01:00`), Want: []string{"spec.validUntil"}},
		"DateOnly":        {Reason: "a date has no zone", Kind: "RoleAssignment", Spec: with(`, validFrom: 2026-01-02`), Want: []string{"spec.validFrom"}},
		"OnlyBy":          {Reason: "an acceptance has a time", Kind: "RoleAssignment", Spec: with(`, acknowledgedBy: 'user:a'`), Want: []string{"spec.acknowledgedBy"}},
		"OnlyAt":          {Reason: "an acceptance has a person", Kind: "RoleAssignment", Spec: with(`, acknowledgedAt: 2026-01-01T00:00:00Z`), Want: []string{"spec.acknowledgedAt"}},
		"TeamAccepts":     {Reason: "a person accepts", Kind: "RoleAssignment", Spec: with(`, acknowledgedBy: 'team:a/b', acknowledgedAt: 2026-01-01T00:00:00Z`), Want: []string{"spec.acknowledgedBy"}},
		"Delegated":       {Reason: "a holder delegates", Kind: "RoleAssignment", Spec: with(`, delegatedBy: bob`), Want: []string{"spec.delegatedBy"}},
		"Days":            {Reason: "Go's durations have no days", Kind: "RoleAssignment", Spec: with(`, reviewEvery: 90d`), Want: []string{"spec.reviewEvery"}},
		"TooOften":        {Reason: "an hour at least", Kind: "RoleAssignment", Spec: with(`, reviewEvery: 59m`), Want: []string{"spec.reviewEvery"}},
		"NegativeReview":  {Reason: "an hour at least", Kind: "RoleAssignment", Spec: with(`, reviewEvery: -2h`), Want: []string{"spec.reviewEvery"}},
		"OverflowReview":  {Reason: "longer than 290 years", Kind: "RoleAssignment", Spec: with(`, reviewEvery: 99999999999h`), Want: []string{"spec.reviewEvery"}},
		"HolderForm":      {Reason: "people, teams and schedules", Kind: "RoleAssignment", Spec: `{area: a, role: oncall, holders: [bob]}`, Want: []string{"spec.holders[0]"}},
		"LongHolders":     {Reason: "205 bytes at most, whatever the letters", Kind: "RoleAssignment", Spec: `{area: a, role: oncall, holders: [` + long() + `], delegatedBy: ` + long() + `, acknowledgedBy: ` + long() + `, acknowledgedAt: 2026-01-01T00:00:00Z}`, Want: []string{"spec.holders[0]", "spec.delegatedBy", "spec.acknowledgedBy"}},
		"NothingRequired": {Reason: "area, role and holders are required", Kind: "RoleAssignment", Spec: `{}`, Want: []string{"spec", "spec", "spec"}},
	}
}
