package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/ownership"
)

// Limits of one result. A longer message is cut, and ends in "…": it is for
// people. A longer key is refused: it is an identity.
const (
	maxMessage = 2000 // characters
	maxKey     = 256  // bytes
)

// result is one result of a rule, of the right shape.
type result struct {
	program  *program
	key      string
	message  string
	role     string
	holder   string
	reason   string
	severity ownership.Severity
	location ownership.Location
}

// badResult is a result that a policy must not give.
type badResult struct {
	message string
	remedy  string
}

func (b *badResult) Error() string { return b.message }

// decode reads a result.
//
//	field               deny, warn            declare
//	---------------------------------------------------------
//	key, message        needed                -
//	role, holder        may be                needed; holder is canonical
//	role                a configured one      a configured one
//	reason              -                     may be
//	severity            one of the five       -
//	location            {repository, file, line, column}, each may be absent
//	any other           refused               refused
func decode(program *program, term *ast.Term) (result, error) {
	object, ok := term.Value.(ast.Object)
	if !ok {
		return result{}, program.bad("a result of %s is %s", program.rule, a(ast.ValueName(term.Value)))
	}
	out := result{program: program}
	err := object.Iter(func(key, value *ast.Term) error {
		name, _ := key.Value.(ast.String)
		return out.set(string(name), value)
	})
	if err != nil {
		return result{}, err
	}
	for _, name := range requiredKeys[program.rule] {
		if object.Get(ast.StringTerm(name)) == nil {
			return result{}, program.bad("a result of %s has no %s", program.rule, name)
		}
	}
	return out, out.check()
}

func (p *program) bad(format string, arguments ...any) error {
	return &badResult{message: fmt.Sprintf(format, arguments...), remedy: "write " + ruleForms[p.rule]}
}

func (r *result) set(name string, value *ast.Term) error {
	if !slices.Contains(allowedKeys[r.program.rule], name) {
		return r.program.bad("a result of %s has no field %s", r.program.rule, name)
	}
	if name == "location" {
		return r.setLocation(value)
	}
	text, ok := value.Value.(ast.String)
	if !ok {
		return r.program.bad("%s of a result of %s is %s, not a string", name, r.program.rule, a(ast.ValueName(value.Value)))
	}
	switch name {
	case "key":
		r.key = shortKey(string(text))
	case "message":
		r.message = cut(string(text))
	case "role":
		r.role = string(text)
	case "holder":
		r.holder = string(text)
	case "reason":
		r.reason = cut(string(text))
	case "severity":
		r.severity = ownership.Severity(text)
	}
	return nil
}

// shortKey is the key, or its beginning and a digest of all of it where it is long: what a key is made of comes from
// files that anybody may write, and one endless pattern must not fail the policy on everything else.
func shortKey(key string) string {
	if len(key) <= maxKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	digest := "…" + hex.EncodeToString(sum[:])
	return strings.ToValidUTF8(key[:maxKey-len(digest)], "") + digest
}

func (r *result) setLocation(value *ast.Term) error {
	object, ok := value.Value.(ast.Object)
	if !ok {
		return r.program.bad("location of a result of %s is not an object", r.program.rule)
	}
	return object.Iter(func(key, value *ast.Term) error {
		name, _ := key.Value.(ast.String)
		text, isText := value.Value.(ast.String)
		number, isNumber := value.Value.(ast.Number)
		at, whole := number.Int()
		switch {
		case name == "file" && isText:
			r.location.File = cut(string(text))
		case name == "repository" && isText:
			r.location.Repository = cut(string(text))
		case name == "line" && isNumber && whole && at >= 0:
			r.location.Line = at
		case name == "column" && isNumber && whole && at >= 0:
			r.location.Column = at
		default:
			return r.program.bad("location of a result of %s cannot have %s: %s", r.program.rule, key, value)
		}
		return nil
	})
}

func (r *result) check() error {
	if r.role != "" && len(r.role) <= maxKey && !r.program.roles.has(r.role) {
		return &badResult{message: fmt.Sprintf("role of a result of %s is %q, which is no configured role", r.program.rule, r.role),
			remedy: r.program.roles.remedy(r.role)}
	}
	switch {
	case r.program.rule == ruleDeclare:
		holder, err := ownership.ParseHolder(r.holder)
		if err != nil {
			return r.program.bad("%v", err)
		}
		r.holder = string(holder)
		if r.role == "" || len(r.role) > maxKey {
			return r.program.bad("role of a result of declare is %q", r.role)
		}
	case r.key == "":
		return r.program.bad("key of a result of %s is empty", r.program.rule)
	case r.severity != "" && r.severity.Rank() < 0:
		return &badResult{message: fmt.Sprintf("severity of a result of %s is %q", r.program.rule, string(r.severity)),
			remedy: "use info, low, medium, high or critical"}
	}
	return nil
}

// cut bounds a text for people.
func cut(text string) string {
	if len(text) <= maxMessage || utf8.RuneCountInString(text) <= maxMessage {
		return text
	}
	count := 0
	for at := range text {
		if count == maxMessage-1 {
			return text[:at] + "…"
		}
		count++
	}
	return text
}

// compare orders results of a policy on one subject: deny before warn, then by
// key and by what they say.
func (r result) compare(other result) int {
	return cmp.Or(
		strings.Compare(r.program.rule, other.program.rule), strings.Compare(r.key, other.key),
		strings.Compare(r.message, other.message), strings.Compare(r.role, other.role), strings.Compare(r.holder, other.holder),
		cmp.Compare(other.severity.Rank(), r.severity.Rank()), r.location.Compare(other.location),
	)
}

// raise makes findings of the results. Where two have one key, the first in
// their order stays (deny before warn), since the key is the finding's identity;
// the author is warned.
func (w *worker) raise(instance *instance, subject *Subject, because string) {
	slices.SortFunc(w.results, result.compare)
	status := ownership.Raised
	if because != "" {
		status = ownership.Undetermined
	}
	clear(w.keys)
	for i := range w.results {
		r := &w.results[i]
		if i > 0 && r.compare(w.results[i-1]) == 0 {
			continue
		}
		if w.keys[r.key] {
			w.Warnings = append(w.Warnings, Warning{Policy: instance.Name, Subject: subject.ID, Problem: ownership.Problem{
				Location: instance.place(r.program.location),
				Message:  fmt.Sprintf("policy %s gives the key %q twice for %s: the first is kept", instance.Name, r.key, subject.ID),
				Remedy:   "put what tells them apart into the key", Warning: true,
			}})
			continue
		}
		w.keys[r.key] = true
		w.findings = append(w.findings, ownership.Finding{
			Policy: instance.Name, Subject: subject.ID, Key: r.key, Rule: r.program.rule,
			Severity: cmp.Or(r.severity, instance.Severity), Status: status, Message: r.message,
			Role: ownership.Role(r.role), Holder: ownership.Holder(r.holder), Location: r.location, Because: because,
		})
	}
}

func (w *worker) declareResults(instance *instance, subject *Subject) {
	for i := range w.results {
		r := &w.results[i]
		w.declared = append(w.declared, Declared{
			Area: ownership.AreaID(subject.ID), Role: ownership.Role(r.role), Holder: ownership.Holder(r.holder),
			Reason: r.reason, Policy: instance.Name,
			Location: instance.place(r.program.location),
		})
	}
}
