package explain

import (
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// Answer is the answer to one question. Exactly one of Area, Path and Holder is set. docs/explain.md describes its fields.
type Answer struct {
	// At is the moment as of which it is answered.
	At       time.Time `json:"at"`
	Question string    `json:"question"`
	Kind     Kind      `json:"kind"`
	Area     *Area     `json:"area,omitempty"`
	Path     *Path     `json:"path,omitempty"`
	Holder   *Holder   `json:"holder,omitempty"`
}

// Area says who holds what in an area, and why.
type Area struct {
	ID          ownership.AreaID   `json:"id"`
	Description string             `json:"description,omitempty"`
	Tier        string             `json:"tier,omitempty"`
	Mode        ownership.Mode     `json:"mode"`
	Virtual     bool               `json:"virtual,omitempty"`
	Location    ownership.Location `json:"location,omitzero"`
	// Ancestors are the areas that it is a part of, the nearest first.
	Ancestors []ownership.AreaID    `json:"ancestors,omitempty"`
	Scope     []Scope               `json:"scope"`
	Entities  []ownership.EntityRef `json:"entities,omitempty"`
	// Namespaces are those of a cluster with something of the area, Objects how many namespaces and workloads are its own.
	Namespaces []string        `json:"namespaces,omitempty"`
	Objects    int             `json:"objects,omitempty"`
	State      ownership.State `json:"state"`
	// Stalled says why the area cannot be judged.
	Stalled      string                  `json:"stalled,omitempty"`
	Requirements []ownership.Requirement `json:"requirements"`
	// Roles are all configured roles, in their order.
	Roles        []Role                    `json:"roles"`
	Coverage     ownership.Coverage        `json:"coverage"`
	UnownedFiles []ownership.UnownedFolder `json:"unownedFiles,omitempty"`
	Unknown      []Unknown                 `json:"unknown"`
	// Policies are all that judged the area or declared for it, those that found something first.
	Policies []Policy `json:"policies"`
	// Findings are those that Remit itself makes, of no policy.
	Findings []ownership.Finding `json:"findings,omitempty"`
}

// Scope is what an area claims of one repository.
type Scope struct {
	Repository string   `json:"repository"`
	Patterns   []string `json:"patterns"`
	// Unseen says that no source sees the repository.
	Unseen bool `json:"unseen,omitempty"`
}

// Role is who holds one role in an area.
type Role struct {
	Role ownership.Role `json:"role"`
	// Required says that an area of the tier needs a holder. Status and Reason are those of the requirement; of approvers
	// it is about files.
	Required bool                        `json:"required,omitempty"`
	Status   ownership.RequirementStatus `json:"status,omitempty"`
	Reason   string                      `json:"reason,omitempty"`
	// Decided says that some source decides who holds the role here, so that what is declared must show there.
	Decided bool `json:"decided,omitempty"`
	// Holders are all who are declared and count, or are observed; those declared first.
	Holders []Holding `json:"holders"`
	// Layers are who is declared where, the highest layer first; layers that say nothing are left out.
	Layers []Layer `json:"layers,omitempty"`
	// Idle are the RoleAssignments for the role that are not in force.
	Idle []Assignment `json:"idle,omitempty"`
	// Unknown says why there may be other holders: Declared of who is declared, Observed of who is observed.
	Unknown UnknownHolders `json:"unknown,omitzero"`
}

// UnknownHolders say why it is not known whole who is declared or observed in a role; Kept says that those shown as
// declared are who was when it was last known.
type UnknownHolders struct {
	Declared string `json:"declared,omitempty"`
	Observed string `json:"observed,omitempty"`
	Kept     bool   `json:"kept,omitempty"`
}

// Holding is one holder of a role.
type Holding struct {
	Holder ownership.Holder `json:"holder"`
	// Name is the person's or team's own.
	Name     string     `json:"name,omitempty"`
	Declared []Declared `json:"declared"`
	Observed []Observed `json:"observed"`
	// Drift is what contradicts it.
	Drift    []ownership.Drift `json:"drift"`
	Standing Standing          `json:"standing"`
}

// Declared is who says that somebody holds a role.
type Declared struct {
	ownership.Declaration
	// Assignment is the RoleAssignment that says so.
	Assignment *Assignment `json:"assignment,omitempty"`
}

// Assignment is a RoleAssignment.
type Assignment struct {
	Name     string             `json:"name"`
	Holders  []ownership.Holder `json:"holders"`
	Status   AssignmentStatus   `json:"status"`
	Location ownership.Location `json:"location"`
	Reason   string             `json:"reason,omitempty"`
	// From is its first moment, Until the first one after it; zero where it has none.
	From           time.Time        `json:"from,omitzero"`
	Until          time.Time        `json:"until,omitzero"`
	DelegatedBy    ownership.Holder `json:"delegatedBy,omitempty"`
	AcknowledgedBy ownership.Holder `json:"acknowledgedBy,omitempty"`
	AcknowledgedAt time.Time        `json:"acknowledgedAt,omitzero"`
}

// AssignmentStatus says whether a RoleAssignment counts.
type AssignmentStatus string

// The statuses of a RoleAssignment.
const (
	InForce   AssignmentStatus = "in-force"
	Ended     AssignmentStatus = "ended"
	NotYet    AssignmentStatus = "not-yet"
	Suspended AssignmentStatus = "suspended"
)

// Layer is who one layer declares in a role.
type Layer struct {
	Layer ownership.Layer `json:"layer"`
	// Add says that it adds to the layers below rather than replacing them.
	Add          bool        `json:"add,omitempty"`
	Status       LayerStatus `json:"status"`
	Declarations []Declared  `json:"declarations"`
}

// LayerStatus is what became of a layer.
type LayerStatus string

// The statuses of a layer.
const (
	// Counts: its holders hold the role.
	Counts LayerStatus = "counts"
	// Replaced: a higher layer says something.
	Replaced LayerStatus = "replaced"
	// Refused: with it there would be more holders than the role allows, so none counts.
	Refused LayerStatus = "refused"
)

// Observed is where a source shows that somebody holds a role.
type Observed struct {
	Source        string `json:"source"`
	Authoritative bool   `json:"authoritative,omitempty"`
	// Files is how many of the area's Total it extends to, in the unit: "files", "repositories" or "entities".
	Files int    `json:"files"`
	Total int    `json:"total"`
	Unit  string `json:"unit"`
	// Rules are the places that say so.
	Rules []Rule `json:"rules"`
}

// Rule is one place in a file that names holders.
type Rule struct {
	Location ownership.Location `json:"location"`
	// Pattern is that of a CODEOWNERS rule.
	Pattern string `json:"pattern,omitempty"`
	// Files is how many of the files in question it decides over.
	Files int `json:"files,omitempty"`
}

// Unknown is one thing that is not known, and why.
type Unknown struct {
	What    string `json:"what"`
	Because string `json:"because"`
}

// Policy is what one policy rested on, and came to.
type Policy struct {
	Policy string `json:"policy"`
	Title  string `json:"title,omitempty"`
	// Input are the parts of its subject that it can read, Data what it read of everything else, present or absent.
	Input []string `json:"input"`
	Data  []string `json:"data"`
	// Findings are what it found, Declared whom it declared.
	Findings []ownership.Finding `json:"findings"`
	Declared []PolicyDeclared    `json:"declared,omitempty"`
	// Undetermined says why it could not tell, Failure why it failed.
	Undetermined string `json:"undetermined,omitempty"`
	Failure      string `json:"failure,omitempty"`
}

// PolicyDeclared is one assignment that a policy declares.
type PolicyDeclared struct {
	Role   ownership.Role   `json:"role"`
	Holder ownership.Holder `json:"holder"`
	Reason string           `json:"reason,omitempty"`
}
