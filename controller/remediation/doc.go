// Package remediation turns plans into Remediations, and Remediations into what has become of them. It decides and does
// nothing: package operator writes the objects and has targets make the changes.
//
//	ownership.Plan ──► Propose ──► Proposal (one for each area and mode)
//	                                  │ compared with the Remediations that there are
//	                                  ▼
//	                               Decide ──► create │ execute │ supersede │ prune
//	Remediations ──► Ledger ──► plan.Input.Ledger
package remediation
