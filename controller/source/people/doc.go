// Package people observes persons and teams that are listed in YAML files.
//
// It reads two formats: Remit's own, one file, and peribolos's, the format in which many organisations
// keep their GitHub teams. It decides nothing about identity beyond the file at hand: which of several
// sources speaks of the same person is the matter of controller/identity.
//
//	file(s) ──yaml──► nodes with line and column ──reader──► entries, checked one by one
//	                                                              │
//	     remit.go (people.yaml)        peribolos.go (org.yaml, teams.yaml)
//	                                                              │
//	                   what is broken is left out, a Problem says so, and completeness is withdrawn
//	                                                              │
//	                                                    ownership.Observation
//
// An absence is only as good as the list: as soon as one person could not be read, nobody's absence is
// proved any more (AllPeople is false), and likewise for teams.
package people
