package report

import (
	"bytes"
	"fmt"

	"github.com/remit-dev/remit/controller/ownership"
)

// namespaces is how many namespaces the plan changes labels of.
func (t *planTable) namespaces() int {
	names := map[string]bool{}
	for _, change := range t.planned.Changes {
		if change.Namespace != "" {
			names[change.Namespace] = true
		}
	}
	return len(names)
}

// labels shows the changes of namespaces, as a diff of their labels with the reason under each. The changes of one namespace
// stand together in a plan.
func (t *planTable) labels() {
	shown := ""
	for _, change := range t.planned.Changes {
		if change.Namespace == "" {
			continue
		}
		if change.Namespace != shown {
			shown = change.Namespace
			t.section(Clean(ownership.NamespaceObject(shown)), bold, "")
		}
		if change.Before != "" {
			t.write(span{"-" + Clean(change.Key) + "=" + Clean(change.Before), red})
			t.blank()
		}
		if change.After != "" {
			t.write(span{"+" + Clean(change.Key) + "=" + Clean(change.After), green})
			t.blank()
		}
		t.reason(change)
	}
}

// labelLines are remarks in a patch on what is no part of it: what stands before a header is skipped by git.
func labelLines(changes []ownership.Change) []byte {
	var b bytes.Buffer
	for _, change := range changes {
		if change.Namespace != "" {
			fmt.Fprintf(&b, "# %s: %s\n", Clean(ownership.NamespaceObject(change.Namespace)), what(change))
		}
	}
	return b.Bytes()
}
