package ownership

import "time"

// ExemptionStatus says what an exemption does.
type ExemptionStatus string

// The statuses of an exemption.
const (
	// ExemptionUsed covers a finding, raised or undetermined otherwise.
	ExemptionUsed ExemptionStatus = "used"
	// ExemptionUnused is in force and covers nothing.
	ExemptionUnused ExemptionStatus = "unused"
	// ExemptionExpired is over, and covers nothing any more.
	ExemptionExpired ExemptionStatus = "expired"
)

// Exemption is one exemption of a policy, with what it does.
type Exemption struct {
	Policy  string `json:"policy"`
	Subject string `json:"subject"`
	// Key is that of the one finding that it covers; empty means all of the subject.
	Key string `json:"key,omitempty"`
	// Owner answers for it.
	Owner   Holder          `json:"owner"`
	Reason  string          `json:"reason"`
	Expires time.Time       `json:"expires"`
	Status  ExemptionStatus `json:"status"`
	// Findings is how many findings it covers.
	Findings int      `json:"findings,omitempty"`
	Location Location `json:"location,omitzero"`
}
