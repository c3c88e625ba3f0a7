package report

import (
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// hostile is a name as an attacker would choose it: escape sequences, a turned
// reading direction, mentions, closing keywords, markup of every format.
const hostile = "\x1b[31mred\x1b[0m\u202eevil\u200b @acme/everyone fixes #1 | <script>alert(1)</script> ]]> `code` [x](http://evil.example) **b** \r\n::error::x $(id) &amp; 日本語"

func at(file string, line int) ownership.Location {
	return ownership.Location{File: file, Line: line}
}

func in(repository, file string, line int) ownership.Location {
	return ownership.Location{Repository: repository, File: file, Line: line}
}

// rich is an organisation with something of everything.
func rich() *ownership.Result {
	day := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return &ownership.Result{
		At: day, Areas: richAreas(), Findings: richFindings(),
		Undetermined: map[string]int{"shared-responsibility": 2},
		Sources: []ownership.SourceStatus{
			{Name: "checkouts", Kind: ownership.SourceGit, At: day, LastSuccess: day, Repositories: 3,
				Unknown: "acme/legacy: the repository has no commit"},
			{Name: "people", Kind: ownership.SourcePeople, At: day, LastSuccess: day, People: 20, Teams: 6},
		},
		Policies: []ownership.PolicyStatus{
			{Name: "accountable-holder", OfLibrary: "accountable-holder", Title: "Every area has one accountable holder", Subject: "area", Subjects: 7},
			{Name: "codeowners-hygiene", Title: "CODEOWNERS rules do what they say", Subject: "area", Subjects: 7},
			{Name: "offboarding", Title: "Who has left holds nothing", Subject: "person", Subjects: 20},
			{Name: "office-hours", Subject: "area", Subjects: 7, Failed: 3, Error: "office_hours.rego:12: eval_conflict_error: complete rules must not produce multiple outputs"},
			{Name: "shared-responsibility", Title: "No area hangs on one person", Subject: "area", Subjects: 7},
		},
		Repositories: []ownership.RepositoryResult{
			{ID: "acme/legacy", Coverage: ownership.Coverage{Unknown: "the repository has no commit"}},
			{ID: "acme/shop", Codeowners: ".github/CODEOWNERS", Rules: 42, Unclaimed: 12,
				Coverage: ownership.Coverage{Total: 260, Owned: 230, CatchAll: 12, Effective: 221, Unowned: 4, Unmatched: 20, Undetermined: 6}},
			{ID: "acme/web", Codeowners: "CODEOWNERS", Rules: 3,
				Coverage: ownership.Coverage{Total: 58, Owned: 29, Effective: 29, Unmatched: 29}},
		},
		Problems: []ownership.Problem{
			{Location: ownership.Location{File: "areas/search.yaml", Line: 9, Column: 3}, Field: "spec.tierr",
				Message: "is no field of an Area", Remedy: "did you mean tier?", Warning: true},
			{Location: ownership.Location{File: "areas/old.yaml", Line: 1, Column: 1}, Message: "this is not YAML: mapping values are not allowed here",
				Remedy: "Indent the line below its key."},
		},
	}
}

func richAreas() []ownership.AreaResult {
	return []ownership.AreaResult{
		{
			ID: "payments/checkout", Description: "Takes the money", Tier: "1", State: ownership.Unowned, Location: at("areas/payments.yaml", 3),
			Requirements: []ownership.Requirement{
				{Role: ownership.Accountable, Status: ownership.Unmet, Reason: "nobody is declared"},
				{Role: ownership.Approver, Status: ownership.Unmet, Reason: "none of its 24 files has an owner"},
			},
			Coverage: ownership.Coverage{Total: 24, Unowned: 4, Unmatched: 20},
			UnownedFiles: []ownership.UnownedFolder{
				{Repository: "acme/shop", Folder: "services/checkout/", Files: 14},
				{Repository: "acme/shop", Folder: "services/checkout/ui/", Files: 6},
				{Repository: "acme/shop", Folder: "services/refunds/", Files: 4, Explicit: 4},
				{Repository: "acme/shop", Folder: "/", Files: 1},
			},
		},
		{
			ID: "platform/release-management", Description: "A duty without code", State: ownership.Unowned, Location: at("areas/platform.yaml", 20),
			Requirements: []ownership.Requirement{{Role: ownership.Accountable, Status: ownership.Unmet, Reason: "two are declared in one layer, so neither counts"}},
			Declared: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{ownership.Accountable: {
				{Holder: "team:acme/platform", Layer: ownership.LayerArea, By: "area platform/release-management", Location: at("areas/platform.yaml", 26)},
				{Holder: "user:alice", Layer: ownership.LayerArea, By: "area platform/release-management", Location: at("areas/platform.yaml", 27)},
			}}),
		},
		{
			ID: "payments/ledger", Tier: "1", Team: "acme/payments", State: ownership.Partial, Location: at("areas/payments.yaml", 31),
			Requirements: []ownership.Requirement{
				{Role: ownership.Accountable, Status: ownership.Met},
				{Role: ownership.Approver, Status: ownership.PartlyUnmet, Reason: "9 of 80 files have no valid owner"},
			},
			Declared: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{
				ownership.Accountable: {{Holder: "team:acme/payments", Layer: ownership.LayerArea, By: "area payments/ledger", Location: at("areas/payments.yaml", 36)}},
				ownership.Approver:    {{Holder: "team:acme/payments", Layer: ownership.LayerArea, By: "area payments/ledger", Location: at("areas/payments.yaml", 38)}},
			}),
			Observed: ownership.AssignmentsOf(map[ownership.Role][]ownership.Observed{ownership.Approver: {
				{Holder: "team:acme/platform", Source: "checkouts", Locations: []ownership.Location{in("acme/shop", ".github/CODEOWNERS", 42)}, Files: 71, Total: 80, Authoritative: true},
				{Holder: "user:mallory", Source: "checkouts", Locations: []ownership.Location{in("acme/shop", ".github/CODEOWNERS", 43)}, Files: 9, Total: 80, Authoritative: true},
			}}),
			Coverage:     ownership.Coverage{Total: 80, Owned: 80, Effective: 71},
			UnownedFiles: []ownership.UnownedFolder{{Repository: "acme/shop", Folder: "services/ledger/import/", Files: 9}},
			Drift: []ownership.Drift{
				{Kind: ownership.Missing, Role: ownership.Approver, Holder: "team:acme/payments", Reason: "absent",
					Message: "team:acme/payments is declared and owns none of the 80 files", Locations: []ownership.Location{at("areas/payments.yaml", 38)}},
				{Kind: ownership.Invalid, Role: ownership.Approver, Holder: "user:mallory", Reason: "left",
					Message: "user:mallory left on 2026-01-31", Locations: []ownership.Location{in("acme/shop", ".github/CODEOWNERS", 43)}},
			},
		},
		{
			ID: "legacy/billing", Tier: "2", Team: "acme/payments", State: ownership.Unknown, Location: at("areas/legacy.yaml", 1),
			Requirements: []ownership.Requirement{{Role: ownership.Accountable, Status: ownership.Met},
				{Role: ownership.Approver, Status: ownership.UnknownIfMet, Reason: "acme/legacy: the repository has no commit"}},
			Coverage: ownership.Coverage{Unknown: "acme/legacy: the repository has no commit"},
		},
		{ID: "shop/search", Tier: "1", Team: "acme/search", State: ownership.Owned, Location: at("areas/search.yaml", 1),
			Requirements: []ownership.Requirement{{Role: ownership.Accountable, Status: ownership.Met}, {Role: ownership.Approver, Status: ownership.Met}},
			Coverage:     ownership.Coverage{Total: 120, Owned: 114, CatchAll: 12, Effective: 114, Undetermined: 6}},
		{ID: "web/design", Tier: "3", Team: "acme/web", State: ownership.Owned, Location: at("areas/web.yaml", 1),
			Requirements: []ownership.Requirement{{Role: ownership.Accountable, Status: ownership.Met}}},
		{ID: ownership.AreaID("evil/" + hostile), Tier: hostile, Team: hostile, Description: hostile, Labels: map[string]string{hostile: hostile},
			State: ownership.Partial, Location: at(hostile+".yaml", 1),
			Requirements: []ownership.Requirement{{Role: ownership.Accountable, Status: ownership.Unmet, Reason: hostile}},
			UnownedFiles: []ownership.UnownedFolder{{Repository: hostile, Folder: hostile, Files: 1}},
			Drift:        []ownership.Drift{{Kind: ownership.Unexpected, Role: "accountable", Holder: hostile, Reason: hostile, Message: hostile}}},
	}
}

func richFindings() []ownership.Finding {
	findings := []ownership.Finding{
		{Policy: "accountable-holder", Subject: "payments/checkout", Key: "none", Rule: "deny", Severity: ownership.High, Status: ownership.Raised,
			Message: "payments/checkout has no accountable holder", Role: ownership.Accountable, Location: at("areas/payments.yaml", 3)},
		{Policy: "accountable-holder", Subject: "platform/release-management", Key: "many", Rule: "deny", Severity: ownership.High, Status: ownership.Raised,
			Message: "platform/release-management has two accountable holders, team:acme/platform and user:alice, so nobody answers for it", Location: at("areas/platform.yaml", 20)},
		{Policy: "offboarding", Subject: "user:mallory", Key: "approver:payments/ledger", Rule: "deny", Severity: ownership.Critical, Status: ownership.Raised,
			Message: "mallory left on 2026-01-31 and still approves payments/ledger", Holder: "user:mallory", Location: in("acme/shop", ".github/CODEOWNERS", 43)},
		{Policy: "codeowners-hygiene", Subject: "evil/" + hostile, Key: hostile, Rule: "warn", Severity: ownership.Low, Status: ownership.Raised,
			Message: hostile, Location: in(hostile, "../"+hostile, 3)},
		{Policy: "shared-responsibility", Subject: "legacy/billing", Key: "one", Rule: "deny", Severity: ownership.Medium, Status: ownership.Undetermined,
			Message: "legacy/billing hangs on one person", Because: "acme/legacy: the repository has no commit"},
		{Policy: "shared-responsibility", Subject: "web/design", Key: "one", Rule: "deny", Severity: ownership.Medium, Status: ownership.Exempt,
			Message: "web/design hangs on one person", Because: "until 2026-06-30: a second designer starts in May"},
	}
	for line := range 7 {
		findings = append(findings, ownership.Finding{
			Policy: "codeowners-hygiene", Subject: "payments/ledger", Key: "dead:" + string(rune('a'+line)), Rule: "warn",
			Severity: ownership.Low, Status: ownership.Raised, Message: "the rule /services/" + string(rune('a'+line)) + "/ matches no file",
			Location: in("acme/shop", ".github/CODEOWNERS", 10+line),
		})
	}
	return findings
}

// bare is a checkout without manifests.
func bare() *ownership.Result {
	return &ownership.Result{
		At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Areas: []ownership.AreaResult{{
			ID: "repository:acme/shop", Virtual: true, State: ownership.Partial,
			Requirements: []ownership.Requirement{{Role: ownership.Approver, Status: ownership.PartlyUnmet, Reason: "24 of 260 files have no owner"}},
			Coverage:     ownership.Coverage{Total: 260, Owned: 236, CatchAll: 12, Effective: 236, Unowned: 4, Unmatched: 20},
			UnownedFiles: []ownership.UnownedFolder{
				{Repository: "acme/shop", Folder: "services/checkout/", Files: 20},
				{Repository: "acme/shop", Folder: "tools/", Files: 4, Explicit: 4},
			},
		}},
		Findings: []ownership.Finding{
			{Policy: "codeowners-hygiene", Subject: "repository:acme/shop", Key: "invalid:7", Rule: "deny", Severity: ownership.Medium, Status: ownership.Raised,
				Message: "the line is skipped: [a-z]*.go holds a character range, which GitHub does not know", Location: ownership.Location{Repository: "acme/shop", File: ".github/CODEOWNERS", Line: 7, Column: 1}},
			{Policy: "codeowners-hygiene", Subject: "repository:acme/shop", Key: "dead:12", Rule: "warn", Severity: ownership.Low, Status: ownership.Raised,
				Message: "the rule /services/old/ matches no file", Location: in("acme/shop", ".github/CODEOWNERS", 12)},
		},
		Sources:  []ownership.SourceStatus{{Name: "checkouts", Kind: ownership.SourceGit, Repositories: 1}},
		Policies: []ownership.PolicyStatus{{Name: "codeowners-hygiene", Title: "CODEOWNERS rules do what they say", Subject: "area", Subjects: 1}},
		Repositories: []ownership.RepositoryResult{{ID: "acme/shop", Codeowners: ".github/CODEOWNERS", Rules: 42, Unclaimed: 260,
			Coverage: ownership.Coverage{Total: 260, Owned: 236, CatchAll: 12, Effective: 236, Unowned: 4, Unmatched: 20}}},
	}
}

// clean is an organisation in which all is well.
func clean() *ownership.Result {
	return &ownership.Result{
		At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Areas: []ownership.AreaResult{{ID: "shop/search", Tier: "1", Team: "acme/search", State: ownership.Owned,
			Requirements: []ownership.Requirement{{Role: ownership.Accountable, Status: ownership.Met}},
			Coverage:     ownership.Coverage{Total: 120, Owned: 120, Effective: 120}}},
		Sources:      []ownership.SourceStatus{{Name: "checkouts", Kind: ownership.SourceGit, Repositories: 1}},
		Policies:     []ownership.PolicyStatus{{Name: "accountable-holder", Subject: "area", Subjects: 1}},
		Repositories: []ownership.RepositoryResult{{ID: "acme/shop", Codeowners: "CODEOWNERS", Rules: 4, Coverage: ownership.Coverage{Total: 120, Owned: 120, Effective: 120}}},
	}
}

// empty is a pass that found nothing to look at.
func empty() *ownership.Result { return &ownership.Result{} }
