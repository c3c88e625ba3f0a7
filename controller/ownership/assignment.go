package ownership

import (
	"slices"
	"strings"
)

// AreaID is an area's name: "namespace/name" for a declared area, and for a virtual one the repository's ID with the
// prefix "repository:", or the namespace's name with the prefix "namespace:".
type AreaID string

// What the IDs of virtual areas begin with.
const (
	virtualRepository = "repository:"
	virtualNamespace  = "namespace:"
)

// RepositoryArea is the ID of the virtual area that stands for a repository.
func RepositoryArea(repository string) AreaID { return AreaID(virtualRepository + repository) }

// NamespaceArea is the ID of the virtual area that stands for a namespace.
func NamespaceArea(namespace string) AreaID { return AreaID(virtualNamespace + namespace) }

// Repository is the repository that a virtual area stands for; is says whether it does.
func (a AreaID) Repository() (id string, is bool) {
	return strings.CutPrefix(string(a), virtualRepository)
}

// ClusterNamespace is the namespace that a virtual area stands for; is says whether it does.
func (a AreaID) ClusterNamespace() (name string, is bool) {
	return strings.CutPrefix(string(a), virtualNamespace)
}

// DeclaredArea is the ID of the area that a manifest declares.
func DeclaredArea(namespace, name string) AreaID { return AreaID(namespace + "/" + name) }

// Layer is who declared an assignment. For each role the highest layer that
// says anything replaces the lower ones.
type Layer string

// The layers, highest first.
const (
	LayerRoleAssignment Layer = "roleassignment"
	LayerArea           Layer = "area"
	LayerPolicy         Layer = "policy"
	LayerParent         Layer = "parent"
)

// Declaration is one declared assignment of a holder to an area's role.
type Declaration struct {
	Holder Holder `json:"holder"`
	// Layer is the layer that declared it; By names the object, such as "area payments/checkout".
	Layer Layer  `json:"layer"`
	By    string `json:"by"`
	// Mode is how far Remit may go for its sake; empty means as far as for the area.
	Mode Mode `json:"mode,omitempty"`
	// Reason is why, in the words of a RoleAssignment or a policy.
	Reason string `json:"reason,omitempty"`
	// Location is the manifest or policy that says so.
	Location Location `json:"location,omitzero"`
}

// Observed is one observed assignment of a holder to an area's role.
type Observed struct {
	Holder Holder `json:"holder"`
	// Source is the name of the source that saw it.
	Source string `json:"source"`
	// Locations are the places that say so, in order.
	Locations []Location `json:"locations,omitempty"`
	// Files is how many of the area's Total it extends to, in the role's Unit; both are 0 where nothing can be counted.
	Files int `json:"files"`
	Total int `json:"total"`
	// Unit is what is counted where that is not the role's Unit: UnitObject.
	Unit string `json:"unit,omitempty"`
	// Authoritative says that the source decides for this role and scope, and is not only informative.
	Authoritative bool `json:"authoritative,omitempty"`
}

// UnitObject is the Unit of what a cluster shows: its namespaces and workloads.
const UnitObject = "object"

// Units are one and many of what is counted of a role's holder.
func (o Observed) Units(role Role) (one, many string) {
	if o.Unit != "" {
		return o.Unit, o.Unit + "s"
	}
	return role.Unit()
}

// Coverage counts an area's files by who owns them. Owned + Unowned + Unmatched
// + Undetermined = Total.
type Coverage struct {
	Total int `json:"total"`
	// Owned files have an owner by the rule in force; CatchAll of them by a catch-all rule alone.
	Owned    int `json:"owned"`
	CatchAll int `json:"catchAll"`
	// Effective files have at least one owner who is not known to be invalid; of these, Doubtful ones have no owner
	// who is known to be valid, because the facts that would tell are unknown.
	Effective int `json:"effective"`
	Doubtful  int `json:"doubtful"`
	// Unowned files match an ownerless rule, Unmatched ones no rule.
	Unowned   int `json:"unowned"`
	Unmatched int `json:"unmatched"`
	// Undetermined files could not be judged, because the CODEOWNERS file could not be read.
	Undetermined int `json:"undetermined"`
	// Unknown says why the files could not be counted or judged whole; empty means that they were.
	Unknown string `json:"unknown,omitempty"`
}

// Add sums two coverages.
func (c Coverage) Add(other Coverage) Coverage {
	c.Total += other.Total
	c.Owned += other.Owned
	c.CatchAll += other.CatchAll
	c.Effective += other.Effective
	c.Doubtful += other.Doubtful
	c.Unowned += other.Unowned
	c.Unmatched += other.Unmatched
	c.Undetermined += other.Undetermined
	if c.Unknown == "" {
		c.Unknown = other.Unknown
	}
	return c
}

// State says whether an area is owned.
type State string

// The states of an area, the worst first.
const (
	Unowned State = "unowned" // every requirement is known to be unmet
	Partial State = "partial" // some requirement is known to be unmet
	Unknown State = "unknown" // none is known to be unmet, but some are unknown
	Owned   State = "owned"   // every requirement is met
)

// States lists all states, the worst first.
func States() []State { return []State{Unowned, Partial, Unknown, Owned} }

// Rank orders states, the worst first.
func (s State) Rank() int { return slices.Index(States(), s) }
