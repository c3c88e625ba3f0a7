package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// Kind is what a question can be about.
type Kind string

// The kinds of question.
const (
	KindArea   Kind = "area"
	KindPath   Kind = "path"
	KindHolder Kind = "holder"
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{KindArea, KindPath, KindHolder} }

// Question is what is asked.
type Question struct {
	// Text is as it was typed.
	Text string
	// As is what it is about; empty where the text has to tell.
	As Kind
	// Place is where Text leads on disk, where it lies in a repository that was observed.
	Place *Place
}

// Place is a place in a repository.
type Place struct {
	// Repository is the repository's ID.
	Repository string
	// Path is relative to its root, "" for the root. A folder has a slash at its end.
	Path string
	// Exists says that there is such a file or folder on disk.
	Exists bool
}

func (p Place) String() string { return p.Repository + ":" + p.Path }

// Meaning is one thing that a question can mean.
type Meaning struct {
	Kind Kind
	// Name asks for it beyond doubt, together with Kind.
	Name string
}

// Unclear is the error of a question with several meanings.
type Unclear struct {
	Question string
	// Meanings are at least two, areas first.
	Meanings []Meaning
}

func (e *Unclear) Error() string {
	names := make([]string, len(e.Meanings))
	for i, meaning := range e.Meanings {
		names[i] = fmt.Sprintf("the %s %s", meaning.Kind, meaning.Name)
	}
	last := len(names) - 1
	return fmt.Sprintf("%q may mean %s or %s", e.Question, strings.Join(names[:last], ", "), names[last])
}

// OfOneKind says whether all meanings are of one kind.
func (e *Unclear) OfOneKind() bool {
	return !slices.ContainsFunc(e.Meanings, func(m Meaning) bool { return m.Kind != e.Meanings[0].Kind })
}

// NotFound is the error of a question about nothing that is known.
type NotFound struct {
	Question string
	// As is what it was to be about; empty for anything.
	As Kind
	// Near is a name that may be meant, or empty; Kind is what it is the name of.
	Near Meaning
	// Why says more than that it was not found, or is empty.
	Why string
}

func (e *NotFound) Error() string {
	text := fmt.Sprintf("%q is neither an area, nor a path, nor a holder that is known here", e.Question)
	switch e.As {
	case KindArea:
		text = fmt.Sprintf("there is no area %q", e.Question)
	case KindPath:
		text = fmt.Sprintf("no repository that is observed has the path %q", e.Question)
	case KindHolder:
		text = fmt.Sprintf("nobody is known as %q", e.Question)
	}
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// isHolder says whether a text can name nothing but a holder: "@login", "@org/team", "user:x".
func isHolder(text string) bool {
	if strings.HasPrefix(text, "@") {
		return true
	}
	kind, _, found := strings.Cut(text, ":")
	return found && slices.Contains([]ownership.HolderKind{ownership.HolderUser, ownership.HolderTeam, ownership.HolderSchedule}, ownership.HolderKind(kind))
}
