package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/nearest"
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
	// Embedded says that Text stands indented in File, a manifest, on the same lines: then columns are not known.
	Embedded bool
	// Parameters override fields of the module's `parameters`.
	Parameters map[string]json.RawMessage
	// Severity overrides the module's own; empty means that it stands.
	Severity ownership.Severity
	// Location is the manifest that asks for the instance.
	Location ownership.Location
	// ParameterLocations are where the manifest names each of Parameters, as far as that is known.
	ParameterLocations map[string]ownership.Location
}

// Reasons why a policy is not evaluated, or not everywhere.
const (
	ReasonCompileError     = "CompileError"     // its text is no policy
	ReasonParameterInvalid = "ParameterInvalid" // a parameter does not fit what the policy takes
	ReasonEvaluationError  = "EvaluationError"  // it fails on a subject, or takes too long there
)

// report collects the problems of one source.
type report struct {
	source   *Source
	roles    roles
	problems []ownership.Problem
	// own is the module's package, once it is known.
	own ast.Ref
}

// short is a reference as it can be written in the module: without its own package.
func (r *report) short(ref ast.Ref) string {
	if n := len(r.own); n > 0 && len(ref) > n && ref.HasPrefix(r.own) {
		name, _ := ref[n].Value.(ast.String)
		return dotted(string(name), ref[n+1:])
	}
	return dotted(ref[0].String(), ref[1:])
}

// at adds a problem at a place in the module; a nil location means the whole file.
func (r *report) at(location *ast.Location, remedy, format string, arguments ...any) {
	r.add(ownership.Problem{
		Location: place(r.source.File, r.source.Embedded, location), Reason: ReasonCompileError, Message: fmt.Sprintf(format, arguments...), Remedy: remedy,
	})
}

// place is where something stands in a module; a nil location means the whole file.
func place(file string, embedded bool, location *ast.Location) ownership.Location {
	found := ownership.Location{File: file}
	if location != nil && location.Row > 0 {
		found.Line = location.Row
		if !embedded {
			found.Column = location.Col
		}
	}
	return found
}

// manifest adds a problem in the manifest that asks for the instance.
func (r *report) manifest(field, remedy, format string, arguments ...any) {
	r.manifestAt(r.source.Location, field, remedy, format, arguments...)
}

// parameter adds a problem of one parameter, at its place in the manifest.
func (r *report) parameter(name, remedy, format string, arguments ...any) {
	location, known := r.source.ParameterLocations[name]
	if !known {
		location = r.source.Location
	}
	r.manifestAt(location, "spec.parameters."+name, remedy, format, arguments...)
}

func (r *report) manifestAt(location ownership.Location, field, remedy, format string, arguments ...any) {
	reason := "Invalid"
	if strings.HasPrefix(field, "spec.parameters") {
		reason = ReasonParameterInvalid
	}
	r.add(ownership.Problem{Location: location, Field: field, Reason: reason, Message: fmt.Sprintf(format, arguments...), Remedy: remedy})
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

// remedyOf says what to do about one of OPA's own errors, which mostly say no more than what is wrong.
func remedyOf(code string) string {
	switch code {
	case ast.ParseErr:
		return "correct the syntax, which is that of Rego v1"
	case ast.TypeErr:
		return "use values of one type; docs/policy-documents.md has the type of each field"
	case ast.RecursionErr:
		return "Rego has no recursion: use `some`, `walk` or `graph.reachable`"
	case ast.UnsafeVarErr:
		return "give it a value in the same body, as `some` or `:=` does"
	}
	return "correct the rule"
}

// opa adds OPA's own error, in the words of the others.
func (r *report) opa(err *ast.Error) {
	if r.on(err.Location) {
		return
	}
	location := err.Location
	if location != nil && location.Row == 0 {
		location = nil
	}
	if name, found := strings.CutPrefix(err.Message, "undefined function "); found {
		r.undefinedFunction(name, location)
		return
	}
	if detail, ok := err.Details.(*ast.RefErrInvalidDetail); ok {
		r.undefinedField(detail, location)
		return
	}
	message := oneLine(strings.Split(err.Message, "\n")[0])
	if err.Details != nil && err.Code == ast.TypeErr {
		var details []string
		for _, line := range err.Details.Lines() {
			details = append(details, strings.ReplaceAll(oneLine(line), " :", ":"))
		}
		message += " (" + strings.Join(details, "; ") + ")"
	}
	var remedy string
	switch {
	case strings.HasPrefix(message, "yaml:"):
		remedy = "correct the YAML of the METADATA comment"
	case message == "empty module":
		remedy = "write a package line and a rule"
	default:
		remedy = remedyOf(err.Code)
	}
	r.at(location, remedy, "%s", message)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func (r *report) undefinedFunction(name string, location *ast.Location) {
	_, exists := ast.BuiltinMap[name]
	switch {
	case exists:
		r.at(location, refusal(name), "the function %s is not available to policies", name)
	case strings.HasPrefix(name, "data."):
		r.at(location, "write it into the module: policies are judged on their own", "there is no function %s in this module", name)
	default:
		r.at(location, nearest.Question(name, allowedBuiltins), "there is no function %s", name)
	}
}

// undefinedField is OPA's finding of a field that a rule's value has not.
func (r *report) undefinedField(detail *ast.RefErrInvalidDetail, location *ast.Location) {
	var known []string
	for _, value := range detail.OneOf {
		if name, ok := value.(ast.String); ok {
			known = append(known, string(name))
		}
	}
	name := detail.Ref[detail.Pos].Value
	text, _ := name.(ast.String)
	remedy := nearest.Question(string(text), known)
	if remedy == "" && len(known) > 0 {
		remedy = "it has " + alternatives(known)
	}
	r.at(location, remedy, "%s does not exist", r.short(detail.Ref[:detail.Pos+1]))
}
