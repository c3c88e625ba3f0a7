package ownership

import "slices"

// Role is a kind of responsibility that a holder can have for an area.
type Role string

// The roles that Remit knows by default. An organisation configures more, or
// configures these differently, with a RoleConfiguration.
const (
	Accountable Role = "accountable" // answerable for the outcome: one holder
	Responsible Role = "responsible" // does the work
	Approver    Role = "approver"    // code owner: approves changes
	OnCall      Role = "oncall"      // answers the page
	Deputy      Role = "deputy"      // stands in, and is coached in
	Consulted   Role = "consulted"   // asked before a decision
	Informed    Role = "informed"    // told after it
)

// Unit is what is counted where it is said in how much of an area a holder of the role is observed (Observed.Total).
func (r Role) Unit() (one, many string) {
	switch r {
	case Responsible:
		return "repository", "repositories"
	case Accountable:
		return "entity", "entities"
	}
	return "file", "files"
}

// SourceKind is a kind of system in which facts are observed.
type SourceKind string

// The kinds of source. GitHub and on-call sources come with their providers; roles
// may name them as places of observation already.
const (
	SourceGit        SourceKind = "git"
	SourcePeople     SourceKind = "people"
	SourceCatalog    SourceKind = "catalog"
	SourceKubernetes SourceKind = "kubernetes"
)

// RoleDefinition configures one role.
type RoleDefinition struct {
	Role Role
	// MaxHolders is how many holders an area may have in this role; 0 means any number.
	MaxHolders int
	// Exclusive says that an observed holder who is not declared is drift.
	Exclusive bool
	// RequiredTiers names the tiers whose areas need a holder in this role; "*" means every tier,
	// the empty tier included.
	RequiredTiers []string
	// ObservableIn names the kinds of source in which a holder of this role can be seen.
	ObservableIn []SourceKind
}

// RequiredFor says whether an area of the tier needs a holder in this role.
func (d RoleDefinition) RequiredFor(tier string) bool {
	return slices.Contains(d.RequiredTiers, "*") || slices.Contains(d.RequiredTiers, tier)
}

// DefaultRoles are the roles in force where no RoleConfiguration says otherwise
// (an approver is required for each file in scope whatever the tier, so it is
// not listed as required here). The order is the order of display.
func DefaultRoles() []RoleDefinition {
	return []RoleDefinition{
		{Role: Accountable, MaxHolders: 1, RequiredTiers: []string{"*"}, ObservableIn: []SourceKind{SourceCatalog, SourceKubernetes}},
		{Role: Responsible},
		{Role: Approver, ObservableIn: []SourceKind{SourceGit, SourceCatalog}},
		{Role: OnCall},
		{Role: Deputy},
		{Role: Consulted},
		{Role: Informed},
	}
}
