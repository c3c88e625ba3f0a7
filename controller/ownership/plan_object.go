package ownership

import (
	"fmt"
	"strings"
)

// Concerns says whether the precondition is about what the change is made to.
func (p Precondition) Concerns(change Change) bool {
	return p.Target == change.Target && p.Repository == change.Repository && p.File == change.File && p.Namespace == change.Namespace
}

// Object names what the change is made to: "acme/web .github/CODEOWNERS:12", "namespace payments label remit.dev/owner".
func (c Change) Object() string {
	if c.Namespace != "" {
		return fmt.Sprintf("%s label %s", NamespaceObject(c.Namespace), c.Key)
	}
	if c.Line > 0 {
		return fmt.Sprintf("%s %s:%d", c.Repository, c.File, c.Line)
	}
	return c.Repository + " " + c.File
}

// NamespaceOfObject is the namespace that an Object names; empty where it names none.
func NamespaceOfObject(object string) string {
	rest, is := strings.CutPrefix(object, NamespaceObject(""))
	if !is {
		return ""
	}
	namespace, _, _ := strings.Cut(rest, " ")
	return namespace
}

// KeyOfObject is the label that an Object names; empty where it names none.
func KeyOfObject(object string) string {
	if NamespaceOfObject(object) == "" {
		return ""
	}
	_, key, _ := strings.Cut(object, " label ")
	return key
}
