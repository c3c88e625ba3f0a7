package report

import (
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

const planBefore = `# Who approves
/web/            @acme/web
/services/pay/   @acme/payments @sam
/docs/           docs@acme.example

# Tools
/tools/a/  @acme/tools
/tools/b/  @acme/tools
`

const planAfter = `# Who approves
/web/            @acme/web @ada
/web/admin/ @acme/office
/services/pay/   @acme/payments
/docs/           docs@acme.example

# Tools
/tools/a/  @acme/tools
/tools/b/  @acme/tools
/new/ @acme/new
`

// planned is a plan with something of everything.
func planned() Planned {
	const place = ".github/CODEOWNERS"
	add := change(ownership.AddOwner, 2, "/web/", "@ada")
	add.Before, add.After = "/web/            @acme/web", "/web/            @acme/web @ada"
	add.Reason = "the Area storefront/web names user:ada as approver, and none of its 12 files has her"
	rule := change(ownership.AddRule, 2, "/web/admin/", "@acme/office")
	rule.After, rule.Reason = "/web/admin/ @acme/office", "the Area storefront/back-office names team:acme/office, and line 2 owns files of others too"
	rule.Area, rule.Areas = "storefront/back-office", []ownership.AreaID{"storefront/back-office", "storefront/web"}
	end := change(ownership.AddRule, 0, "/new/", "@acme/new")
	end.After = "/new/ @acme/new"
	gone := change(ownership.RemoveOwner, 3, "/services/pay/", "@sam")
	gone.Removal, gone.Before, gone.After = true, "/services/pay/   @acme/payments @sam", "/services/pay/   @acme/payments"
	gone.Reason = "user:sam has left"
	first := change(ownership.AddRule, 0, "*", "@acme/mobile")
	first.Repository, first.After, first.Reason = "acme/mobile", "* @acme/mobile", "the Area apps/mobile names team:acme/mobile"
	odd := change(ownership.AddRule, 0, "/odd/", hostile)
	odd.Repository, odd.File, odd.Reason = "acme/odd", "CODEOWNERS", hostile
	return Planned{
		Plan: ownership.Plan{
			Hash:    strings.Repeat("0f", 32),
			Changes: []ownership.Change{first, odd, add, rule, end, gone},
			Held: []ownership.HeldChange{
				held(change(ownership.AddOwner, 4, "/docs/", "@acme/docs"), ownership.BrakeMode, "its mode is Observe, so it is only shown; to have it made, set spec.mode to Propose or Enforce on the Area docs/site or one above it"),
				held(change(ownership.RemoveOwner, 7, "/tools/a/", "@acme/tools"), ownership.BrakeRemovals, "1 of 3 approvers of tools/a went within 24 hours, and at most 25% may go; wait until 2026-03-03 09:00"),
				held(change(ownership.RemoveOwner, 8, "/tools/b/", "@acme/tools"), ownership.BrakeRemovals, "1 of 3 approvers of tools/a went within 24 hours, and at most 25% may go; wait until 2026-03-03 09:00"),
				held(change(ownership.AddOwner, 0, "", ""), ownership.BrakeInexpressible, hostile),
			},
			Preconditions: []ownership.Precondition{{Target: ownership.TargetCodeowners, Repository: "acme/shop", File: place, Digest: strings.Repeat("1", 64)}},
		},
		Files: []PlannedFile{
			{Repository: "acme/mobile", File: place, After: []byte("* @acme/mobile\n")},
			{Repository: "acme/odd", File: "CODEOWNERS", Before: []byte("a \x1b[31m\xff\ttab\u202e @x  \r\nb @y"), After: []byte("a \x1b[31m\xff\ttab\u202e @x  \r\nb @y\r\n/odd/ @z\x07")},
			{Repository: "acme/shop", File: place, Before: []byte(planBefore), After: []byte(planAfter)},
		},
		Open: []ownership.OpenDrift{
			{Area: "storefront/catalog", Drift: ownership.Drift{Kind: ownership.Invalid, Role: ownership.Accountable, Holder: "user:sam", Reason: "left",
				Message: "user:sam left on 2025-09-30, but holds accountable", Locations: []ownership.Location{at("areas/shop.yaml", 4)}}},
			{Area: hostile, Drift: ownership.Drift{Kind: ownership.Conflicting, Role: hostile, Holder: hostile, Reason: hostile, Message: hostile}},
		},
		Result: rich(),
	}
}

func change(operation ownership.Operation, line int, pattern string, owners ...string) ownership.Change {
	return ownership.Change{
		Target: ownership.TargetCodeowners, Operation: operation, Repository: "acme/shop", File: ".github/CODEOWNERS", Line: line,
		Pattern: pattern, Owners: owners, Area: "storefront/web", Role: ownership.Approver, Holders: []ownership.Holder{"user:ada"},
		Drift: ownership.Missing, Reversible: true, Mode: ownership.Propose,
	}
}

func held(change ownership.Change, brake ownership.Brake, because string) ownership.HeldChange {
	return ownership.HeldChange{Change: change, Brake: brake, Because: because}
}

// applied is the plan after it was made, but for a file.
func applied() Planned {
	p := planned()
	p.Outcomes = []PlanOutcome{
		{Repository: "acme/mobile", File: ".github/CODEOWNERS", Status: "made", Changes: 1},
		{Repository: "acme/odd", File: "CODEOWNERS", Status: "already", Changes: 1},
		{Repository: "acme/shop", File: ".github/CODEOWNERS", Status: "refused", Changes: 4,
			Reason: `it was changed since the plan was made: line 3 was "a", and is now "` + hostile + `"`, Remedy: "look at what was changed there, and plan again"},
	}
	return p
}
