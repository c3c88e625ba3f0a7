package ownership

import (
	"cmp"
	"strings"
)

// DriftKind is one way in which declared and observed can differ.
type DriftKind string

// The kinds of drift. Uncovered (a gap in an on-call schedule) comes with the on-call model.
const (
	// Missing is declared and not, or not in full extent, observed in a complete authoritative source.
	Missing DriftKind = "missing"
	// Unexpected is observed and not declared, where the role is exclusive.
	Unexpected DriftKind = "unexpected"
	// Conflicting is two authoritative sources naming different holders.
	Conflicting DriftKind = "conflicting"
	// Invalid is a holder who does not exist, is inactive, empty, invisible, or lacks access.
	Invalid DriftKind = "invalid"
)

// DriftKinds lists all kinds.
func DriftKinds() []DriftKind { return []DriftKind{Missing, Unexpected, Conflicting, Invalid} }

// Drift is one difference between what is declared of an area and what is observed.
type Drift struct {
	Kind   DriftKind `json:"kind"`
	Role   Role      `json:"role"`
	Holder Holder    `json:"holder"`
	// Reason is a short code: "absent", "left", "empty", "secret", "no-access", "partial-extent", ...
	Reason string `json:"reason"`
	// Message says it in a sentence.
	Message string `json:"message"`
	// Locations are the places concerned.
	Locations []Location `json:"locations,omitempty"`
}

// Compare orders drift by kind, role, holder and reason.
func (d Drift) Compare(other Drift) int {
	return cmp.Or(
		strings.Compare(string(d.Kind), string(other.Kind)), strings.Compare(string(d.Role), string(other.Role)),
		strings.Compare(string(d.Holder), string(other.Holder)), strings.Compare(d.Reason, other.Reason),
	)
}

// Names of policies under which Remit's own findings stand: no policy of anybody else may have one.
const (
	// UnownedPolicy is that of an unowned area.
	UnownedPolicy = "unowned-area"
	// RolesPolicy is that of declarations which roles do not allow.
	RolesPolicy = "remit-roles"
)

// FindingStatus says how far a finding holds.
type FindingStatus string

// The statuses of a finding.
const (
	// Raised findings count.
	Raised FindingStatus = "raised"
	// Undetermined findings rest on unknown facts: counted and shown, never raised.
	Undetermined FindingStatus = "undetermined"
	// Exempt findings are covered by an exemption in force.
	Exempt FindingStatus = "exempt"
)

// Finding is what a policy says of its subject. Its identity is (Policy, Subject, Key).
type Finding struct {
	// Policy is the name of the policy instance, Subject of what it judged ("area" subjects: the AreaID).
	Policy  string `json:"policy"`
	Subject string `json:"subject"`
	Key     string `json:"key"`
	// Rule is "deny" or "warn".
	Rule     string        `json:"rule"`
	Severity Severity      `json:"severity"`
	Status   FindingStatus `json:"status"`
	Message  string        `json:"message"`
	Role     Role          `json:"role,omitempty"`
	Holder   Holder        `json:"holder,omitempty"`
	Location Location      `json:"location,omitzero"`
	// Because says what was unknown, or which exemption covers it.
	Because string `json:"because,omitempty"`
}

// Compare orders findings: the most severe first, then by policy, subject and key.
func (f Finding) Compare(other Finding) int {
	return cmp.Or(
		cmp.Compare(other.Severity.Rank(), f.Severity.Rank()), strings.Compare(f.Policy, other.Policy),
		strings.Compare(f.Subject, other.Subject), strings.Compare(f.Key, other.Key), strings.Compare(f.Rule, other.Rule),
	)
}
