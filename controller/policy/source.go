package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/ownership"
)

// maxText is how long a policy may be, in bytes.
const maxText = 1 << 20

// Source is one policy instance to compile.
type Source struct {
	// Name is the instance's name, that of the ResponsibilityPolicy. Several
	// instances may share one library module.
	Name string
	// File and Text are the module; File is only for errors and locations.
	File string
	Text []byte
	// Parameters override fields of the module's `parameters`.
	Parameters map[string]json.RawMessage
	// Severity overrides the module's own; empty means that it stands.
	Severity ownership.Severity
	// Location is the manifest that asks for the instance.
	Location ownership.Location
}

// report collects the problems of one source.
type report struct {
	source   *Source
	problems []ownership.Problem
}

// at adds a problem at a place in the module; a nil location means the whole file.
func (r *report) at(location *ast.Location, remedy, format string, arguments ...any) {
	place := ownership.Location{File: r.source.File}
	if location != nil {
		place.Line, place.Column = location.Row, location.Col
	}
	r.add(ownership.Problem{Location: place, Message: fmt.Sprintf(format, arguments...), Remedy: remedy})
}

// manifest adds a problem in the manifest that asks for the instance.
func (r *report) manifest(field, remedy, format string, arguments ...any) {
	r.add(ownership.Problem{
		Location: r.source.Location, Field: field, Message: fmt.Sprintf(format, arguments...), Remedy: remedy,
	})
}

func (r *report) add(problem ownership.Problem) {
	if !slices.Contains(r.problems, problem) {
		r.problems = append(r.problems, problem)
	}
}

// on says whether there is a problem at the line already: OPA's own error there
// says the same with less.
func (r *report) on(location *ast.Location) bool {
	return location != nil && slices.ContainsFunc(r.problems, func(p ownership.Problem) bool {
		return p.File == r.source.File && p.Line == location.Row
	})
}

// opa adds OPA's own error.
func (r *report) opa(err *ast.Error) {
	if r.on(err.Location) {
		return
	}
	if name, found := strings.CutPrefix(err.Message, "undefined function "); found {
		if _, exists := ast.BuiltinMap[name]; exists {
			r.at(err.Location, refusal(name), "the function %s is not available to policies", name)
			return
		}
		r.at(err.Location, suggestion(name, allowedBuiltins), "there is no function %s", name)
		return
	}
	message := strings.Join(strings.Fields(strings.Split(err.Message, "\n")[0]), " ")
	if err.Details != nil {
		var details []string
		for _, line := range err.Details.Lines() {
			if line = strings.Trim(strings.TrimSpace(line), "^"); line != "" {
				details = append(details, line)
			}
		}
		if len(details) > 0 && err.Code == ast.TypeErr {
			message += " (" + strings.Join(details, "; ") + ")"
		}
	}
	remedy := ""
	if err.Code == ast.ParseErr {
		remedy = "write the module in Rego v1"
	}
	r.at(err.Location, remedy, "%s", message)
}

// suggestion is "did you mean ...?" where a name comes close, or empty.
func suggestion(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return ""
}

// nearest gives the known name that differs least from the given one, if it is
// near enough for a slip of the pen.
func nearest(name string, known []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, candidate := range known {
		distance := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(candidate))
		if distance < least {
			best, least = candidate, distance
		}
	}
	return best
}
