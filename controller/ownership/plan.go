package ownership

import "slices"

// Mode says how far Remit may go in closing drift.
type Mode string

// The modes, the most careful first.
const (
	// Observe shows what differs, and changes nothing. It is the default everywhere.
	Observe Mode = "Observe"
	// Propose lets a change be proposed, for people to accept: a pull request, an edit of a checkout, a Remediation.
	Propose Mode = "Propose"
	// Enforce lets a change be made, within the brakes.
	Enforce Mode = "Enforce"
)

// Modes lists all modes, the most careful first.
func Modes() []Mode { return []Mode{Observe, Propose, Enforce} }

// Rank orders modes: 0 for Observe (and for a word that is none), 2 for Enforce.
func (m Mode) Rank() int { return max(0, slices.Index(Modes(), m)) }

// LeastMode is the most careful of the modes; Observe where there is none.
func LeastMode(modes ...Mode) Mode {
	least := -1
	for _, mode := range modes {
		if rank := mode.Rank(); least < 0 || rank < least {
			least = rank
		}
	}
	return Modes()[max(0, least)]
}

// Operation is what a change does.
type Operation string

// The operations on a CODEOWNERS file.
const (
	AddOwner    Operation = "add-owner"
	RemoveOwner Operation = "remove-owner"
	AddRule     Operation = "add-rule"
)

// The operations on a namespace.
const (
	SetLabel    Operation = "set-label"
	RemoveLabel Operation = "remove-label"
)

// The kinds of target.
const (
	// TargetCodeowners are CODEOWNERS files.
	TargetCodeowners = "codeowners"
	// TargetKubernetes are the labels of a cluster's namespaces.
	TargetKubernetes = "kubernetes"
)

// Change is one step on one target that closes drift.
type Change struct {
	// Target is the kind of target, such as TargetCodeowners; Operation is what is done there.
	Target    string    `json:"target"`
	Operation Operation `json:"operation"`
	// Repository and File name the file that is edited. Line counts from 1 in the file as observed: the rule that is
	// changed, or the line that a rule is added after (0: at the end of the file, -1: before the first line).
	Repository string `json:"repository,omitempty"`
	File       string `json:"file,omitempty"`
	Line       int    `json:"line"`
	// Namespace names the namespace whose label is changed, and Key the label; there is no Repository and File then.
	Namespace string `json:"namespace,omitempty"`
	Key       string `json:"key,omitempty"`
	// Pattern is the rule's, as written or to be written.
	Pattern string `json:"pattern,omitempty"`
	// Owners are what is added or removed, as it is written in the file: "@acme/payments".
	Owners []string `json:"owners"`
	// Before and After are the line, or the value of the label, as it is and as it will be; empty for one that is not there.
	Before string `json:"before"`
	After  string `json:"after"`

	// Area, Role and Holders say which assignments the change is about, Drift which difference it closes.
	// Areas are all areas where a change is about several, sorted; Area is the first of them then.
	Area    AreaID    `json:"area"`
	Areas   []AreaID  `json:"areas,omitempty"`
	Role    Role      `json:"role"`
	Holders []Holder  `json:"holders"`
	Drift   DriftKind `json:"drift"`
	// Reason says in a sentence why.
	Reason string `json:"reason"`
	// Removal says that somebody loses a role: the holders in Loses, or all Holders where that is empty.
	Removal bool     `json:"removal"`
	Loses   []Holder `json:"loses,omitempty"`
	// Reversible says that the opposite change restores what was.
	Reversible bool `json:"reversible"`
	// Mode is the least mode of all that the change rests on.
	Mode Mode `json:"mode"`
}

// Losing are the holders who lose the role by the change.
func (c Change) Losing() []Holder {
	if !c.Removal || len(c.Loses) > 0 {
		return c.Loses
	}
	return c.Holders
}

// Gaining are the holders who get the role by the change, or keep it in a new place.
func (c Change) Gaining() []Holder {
	losing := c.Losing()
	if len(losing) == 0 {
		return c.Holders
	}
	return slices.DeleteFunc(slices.Clone(c.Holders), func(h Holder) bool { return slices.Contains(losing, h) })
}

// OpenDrift is drift that no change closes, since no target can: what a catalog says, a team that is empty, or a person
// who left and is declared. People settle it.
type OpenDrift struct {
	Area AreaID `json:"area"`
	Drift
}

// Brake is what holds a change back.
type Brake string

// The brakes.
const (
	// BrakeMode: the mode allows no more than to show the change.
	BrakeMode Brake = "mode"
	// BrakeUnknown: a fact that the change rests on is unknown.
	BrakeUnknown Brake = "unknown"
	// BrakeKillSwitch: all writes are stopped.
	BrakeKillSwitch Brake = "kill-switch"
	// BrakeRemovals: too many removals of one area or team within 24 hours.
	BrakeRemovals Brake = "removals"
	// BrakeLastHolder: nobody would be left.
	BrakeLastHolder Brake = "last-holder"
	// BrakeSelf: it is Remit's own account.
	BrakeSelf Brake = "self"
	// BrakeChanges: too many changes at once.
	BrakeChanges Brake = "changes"
	// BrakeInexpressible: the target has no way to say it without changing what other areas have.
	BrakeInexpressible Brake = "inexpressible"
	// BrakeNoTarget: this run cannot make changes of that kind.
	BrakeNoTarget Brake = "no-target"
)

// Brakes lists all brakes.
func Brakes() []Brake {
	return []Brake{BrakeMode, BrakeNoTarget, BrakeUnknown, BrakeKillSwitch, BrakeRemovals, BrakeLastHolder, BrakeSelf, BrakeChanges, BrakeInexpressible}
}

// HeldChange is a change that is not made.
type HeldChange struct {
	Change `json:"change"`
	Brake  Brake `json:"brake"`
	// Because says why, with the number that held it, and what to do.
	Because string `json:"because"`
}

// Precondition is what a target must be like for a plan to be made.
type Precondition struct {
	Target     string `json:"target"`
	Repository string `json:"repository,omitempty"`
	File       string `json:"file,omitempty"`
	// Namespace names the namespace whose owners Digest is over, as OwnersDigest gives it.
	Namespace string `json:"namespace,omitempty"`
	// Digest is the SHA-256 of the file's bytes, in hexadecimal; empty means that there must be no such file.
	Digest string `json:"digest"`
}

// Plan is what would be done, in order, and what is held back.
type Plan struct {
	// Hash is over the operations and preconditions, not over prose: equal plans have equal hashes.
	Hash          string         `json:"hash"`
	Changes       []Change       `json:"changes"`
	Held          []HeldChange   `json:"held"`
	Preconditions []Precondition `json:"preconditions"`
}
