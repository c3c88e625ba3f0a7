package ownership

import (
	"cmp"
	"fmt"
	"strings"
)

// Severity is how much a finding matters.
type Severity string

// The severities, mildest first.
const (
	Info     Severity = "info"
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Severities lists all severities, mildest first.
func Severities() []Severity { return []Severity{Info, Low, Medium, High, Critical} }

// Rank orders severities: 0 for info, 4 for critical, -1 for a word that is none.
func (s Severity) Rank() int {
	for i, known := range Severities() {
		if s == known {
			return i
		}
	}
	return -1
}

// Location is a place in a file, or in an object of a cluster. Line and Column count from 1; 0 means that the
// whole file is meant.
type Location struct {
	// Repository is the repository's ID, or empty for a file that belongs to none (a manifest).
	Repository string `json:"repository,omitempty"`
	// File is relative to the repository's root, or as the user gave it.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Object is a place in a cluster, such as "namespace payments label remit.dev/owner"; there is no File then.
	Object string `json:"object,omitempty"`
}

// String gives "file:line:column" with what is known.
func (l Location) String() string {
	var b strings.Builder
	if l.Repository != "" {
		b.WriteString(l.Repository + " ")
	}
	b.WriteString(l.File + l.Object)
	if l.Line > 0 {
		fmt.Fprintf(&b, ":%d", l.Line)
		if l.Column > 0 {
			fmt.Fprintf(&b, ":%d", l.Column)
		}
	}
	return strings.TrimSpace(b.String())
}

// Compare orders locations by repository, file, line and column.
func (l Location) Compare(other Location) int {
	return cmp.Or(
		strings.Compare(l.Repository, other.Repository), strings.Compare(l.File, other.File),
		strings.Compare(l.Object, other.Object), cmp.Compare(l.Line, other.Line), cmp.Compare(l.Column, other.Column),
	)
}

// Problem is bad input: what is wrong, where, and what to do. It stops nothing
// but what it is about.
type Problem struct {
	Location
	// Field is the path in the object, such as "spec.roles[0].holders[1]", or empty.
	Field string `json:"field,omitempty"`
	// Reason is a word for programs, as in the reason of a condition, such as "RoleUnknown"; it may be empty.
	Reason string `json:"reason,omitempty"`
	// Message says what is wrong.
	Message string `json:"message"`
	// Remedy says what to do, as a sentence in the imperative.
	Remedy string `json:"remedy,omitempty"`
	// Warning says that the input is used all the same.
	Warning bool `json:"warning,omitempty"`
}

// Error makes a Problem an error: "file:line:column: field: message; remedy".
func (p Problem) Error() string {
	var parts []string
	if place := p.Location.String(); place != "" {
		parts = append(parts, place)
	}
	if p.Field != "" {
		parts = append(parts, p.Field)
	}
	text := strings.Join(append(parts, p.Message), ": ")
	if p.Remedy != "" {
		text += "; " + p.Remedy
	}
	return text
}
