package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
)

// metadata is what a module's METADATA comment says of it.
type metadata struct {
	title          string
	description    string
	severity       ownership.Severity
	subject        string
	handlesUnknown bool
	annotations    *ast.Annotations
}

// customKeys are the keys of `custom` that Remit reads. Others are the author's own.
var customKeys = []string{"severity", "subject", "handles_unknown"}

// example is the remedy where there is no usable METADATA.
const example = "put `# METADATA`, `# title: ...` and `# custom: {severity: high}` directly above the package line"

// readMetadata reads the annotations of the module's package. Where something is
// wrong it says so in the report and gives what can be used.
func readMetadata(module *ast.Module, r *report) metadata {
	m := metadata{subject: SubjectArea, severity: r.source.Severity}
	for _, annotations := range module.Annotations {
		if len(annotations.Schemas) > 0 {
			r.at(annotations.Location, "remove `schemas`: Remit checks every policy against its own",
				"a policy cannot bring schemas of its own")
		}
		if annotations.Scope == "package" || annotations.Scope == "subpackages" {
			m.annotations = annotations
		}
	}
	if m.annotations == nil {
		r.at(module.Package.Location, example, "the module has no METADATA")
		return m
	}
	m.title, m.description = strings.TrimSpace(m.annotations.Title), strings.TrimSpace(m.annotations.Description)
	if m.title == "" {
		r.at(m.annotations.Location, example, "METADATA has no title")
	}
	for _, key := range slices.Sorted(maps.Keys(m.annotations.Custom)) {
		m.custom(key, m.annotations.Custom[key], r)
	}
	if m.severity == "" && m.annotations.Custom["severity"] == nil {
		r.at(m.annotations.Location, "add `# custom: {severity: high}`", "METADATA has no custom.severity")
	}
	return m
}

func (m *metadata) custom(key string, value any, r *report) {
	where := m.annotations.Location
	text, _ := value.(string)
	switch key {
	case "severity":
		if severity := ownership.Severity(text); severity.Rank() < 0 {
			r.at(where, "use info, low, medium, high or critical", "custom.severity is %v", value)
		} else if m.severity == "" {
			m.severity = severity
		}
	case "subject":
		kinds := SubjectKinds()
		if slices.Contains(kinds, text) {
			m.subject = text
		} else {
			r.at(where, "use "+alternatives(kinds), "custom.subject is %v", value)
		}
	case "handles_unknown":
		var ok bool
		if m.handlesUnknown, ok = value.(bool); !ok {
			r.at(where, "use true or false", "custom.handles_unknown is %v", value)
		}
	default:
		if near := nearest.Name(key, customKeys); near != "" {
			r.at(where, "did you mean `custom."+near+"`?", "there is no custom.%s", key)
		}
	}
}

// alternatives joins names as "a, b or c".
func alternatives(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
