package manifest

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// DefaultNamespace is where a namespaced object without a namespace belongs.
const DefaultNamespace = "default"

// maxBesideBytes bounds a file that a manifest names.
const maxBesideBytes = 1 << 20

// Set is everything that a folder of manifests declares, in the order of the files and of the documents in them.
// It is for reading only: a Loader's next Set may share what did not change.
type Set struct {
	Areas           []Object[v1alpha1.Area]
	RoleAssignments []Object[v1alpha1.RoleAssignment]
	Teams           []Object[v1alpha1.Team]
	Policies        []Object[v1alpha1.ResponsibilityPolicy]
	Sources         []Object[v1alpha1.OwnershipSource]
	// Roles is the one RoleConfiguration, or nil.
	Roles *Object[v1alpha1.RoleConfiguration]
	// Broken are the areas that stand in Areas but cannot be judged as they are. Who follows Spec.Parent must stop
	// at a broken area: the parents of those with ReasonParentCycle never end.
	Broken map[ownership.AreaID]Broken
	// Invalid counts the objects that were left out for their errors, by kind.
	Invalid map[string]int
	// Lost are the objects that Invalid counts, as far as something can be told of them, in the order of the files.
	Lost []Lost
	// Granted is what grants leave to areas; nil where grants are not applied, so that any Area may claim anything.
	Granted *Granted
	// Files are the files that were read or could not be, Folders the folders that were looked through, for watching.
	Files   []string
	Folders []string
}

// The reasons for an area to be broken, as in the condition Stalled.
const (
	ReasonInvalid         = "Invalid"         // its manifest has errors; what could be read of it is its name, tier and scope
	ReasonParentNotFound  = "ParentNotFound"  // the parent is in no manifest, or its manifest is invalid
	ReasonParentCycle     = "ParentCycle"     // the area is its own ancestor
	ReasonRoleUnknown     = "RoleUnknown"     // a role that it declares is not configured
	ReasonSelectorInvalid = "SelectorInvalid" // a selector in it cannot be read
	ReasonScopeDenied     = "ScopeDenied"     // no grant gives something that it claims; that is not in Areas any more
	ReasonScopeUnknown    = "ScopeUnknown"    // whether a grant gives something that it claims is unknown
)

// The reasons for other objects not to be in force as they are.
const (
	ReasonAreaNotFound = "AreaNotFound" // there is no such Area
	ReasonAreaInvalid  = "AreaInvalid"  // the Area has errors itself
	ReasonDuplicate    = "Duplicate"    // another object declares the same
)

// Broken says why an area cannot be judged as it is.
type Broken struct {
	Reason  string
	Problem ownership.Problem
	// Nobody says that the area gives no role to anybody, whatever it declares: its namespace has no grants.
	Nobody bool
}

// Declares says whether it is known all the same what the area declares and which one is its parent; a Broken without a
// reason is that of a sound area.
func (b Broken) Declares() bool {
	switch b.Reason {
	case "", ReasonRoleUnknown, ReasonScopeDenied, ReasonScopeUnknown:
		return true
	}
	return false
}

// Object is one object and where it was read.
type Object[T any] struct {
	Value T
	// Location is where the object begins; its File is as the user gave the folder, joined with the path in it.
	Location ownership.Location
	// Dir is the folder that relative paths in the object are relative to.
	Dir string

	root   string // the folder of all manifests, which nothing that an object names may leave
	fields fieldIndex
}

// FieldLocation is where a field such as "spec.roles[0].holders[1]" stands: a scalar's value, or the key of a list
// or map. A field that is not written (a default) is where the nearest field around it is.
func (o Object[T]) FieldLocation(path string) ownership.Location {
	return o.fields.locate(path, o.Location)
}

// blockSuffix marks where the text of a literal block begins; no field's name has it.
const blockSuffix = "|"

// TextLine is the line on which the text of a field begins: that after the "|" of a literal block, whose lines are
// those of the file, or else that of the value.
func (o Object[T]) TextLine(path string) int {
	path = canonicalPath(path)
	if at := o.fields.find(path + blockSuffix); at >= 0 {
		return int(o.fields[at].line)
	}
	return o.FieldLocation(path).Line
}

// ReadBeside reads a file that an object names, relative to the object's folder: at most 1 MiB, and nothing outside
// the folder of the manifests, whether by ".." or by a link.
func ReadBeside[T any](object Object[T], path string) ([]byte, error) {
	if object.root == "" {
		return nil, fmt.Errorf("reading %q: the object was read from no folder", path)
	}
	relative, err := filepath.Rel(object.root, filepath.Join(object.Dir, filepath.FromSlash(path)))
	if err != nil || filepath.IsAbs(path) || !filepath.IsLocal(relative) {
		return nil, fmt.Errorf("%q leaves the folder of the manifests, %s", path, object.root)
	}
	root, err := os.OpenRoot(object.root)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of the manifests: %w", err)
	}
	defer func() { _ = root.Close() }() // nothing was written
	text, err := readBounded(root, relative, maxBesideBytes)
	if err != nil {
		return nil, plainly(root, relative, err)
	}
	return text, nil
}

// plainly says in a reader's words what the file system says in its own. That a link leads out has no error to tell
// it by.
func plainly(root *os.Root, name string, err error) error {
	info, lstatErr := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", name)
	case lstatErr == nil && info.Mode()&fs.ModeSymlink != 0 && !errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s is a link that leads out of the folder of the manifests", name)
	}
	return err
}

// Beside is the path of a file that an object names, as the user gave the folder of the manifests; for messages.
func Beside[T any](object Object[T], path string) string {
	return filepath.Join(object.Dir, filepath.FromSlash(path))
}

// readBounded reads a regular file of at most limit bytes.
func readBounded(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, &tooLargeError{name: name, limit: limit}
	}
	return text, nil
}

type tooLargeError struct {
	name  string
	limit int64
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("%s is larger than %d MiB", e.name, e.limit>>20)
}

// fieldIndex finds where fields stand. It holds a hash for each path rather than the path or the YAML nodes: a set
// of 10,000 areas has over half a million fields.
type fieldIndex []fieldPlace

type fieldPlace struct {
	hash         uint64
	line, column int32
}

// locate gives the place of the path, or of the longest path around it that has one.
func (f fieldIndex) locate(path string, object ownership.Location) ownership.Location {
	for path = canonicalPath(path); path != ""; path = parentPath(path) {
		if at := f.find(path); at >= 0 {
			object.Line, object.Column = int(f[at].line), int(f[at].column)
			return object
		}
	}
	return object
}

// find gives the index of a path's place, or -1.
func (f fieldIndex) find(path string) int {
	hash := hashPath(path)
	i := sort.Search(len(f), func(i int) bool { return f[i].hash >= hash })
	if i == len(f) || f[i].hash != hash {
		return -1
	}
	return i
}

func hashPath(path string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, path) // a hash's Write never fails
	return h.Sum64()
}

// canonicalPath writes "labels[app]" as "labels.app", as libraries differ; indexes keep their brackets.
func canonicalPath(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}
	var b strings.Builder
	for path != "" {
		before, rest, found := strings.Cut(path, "[")
		b.WriteString(before)
		if !found {
			break
		}
		inside, after, closed := strings.Cut(rest, "]")
		switch {
		case !closed:
			b.WriteString("[" + rest)
			return b.String()
		case isNumber(inside):
			b.WriteString("[" + inside + "]")
		default:
			b.WriteString("." + inside)
		}
		path = after
	}
	return b.String()
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

func parentPath(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// splitPath gives the steps of a path: "spec.roles[0].role" has spec, roles, [0] and role.
func splitPath(path string) []string {
	var steps []string
	for part := range strings.SplitSeq(canonicalPath(path), ".") {
		name, rest, _ := strings.Cut(part, "[")
		if name != "" {
			steps = append(steps, name)
		}
		for rest != "" {
			var index string
			index, rest, _ = strings.Cut(rest, "]")
			steps = append(steps, "["+index+"]")
			rest = strings.TrimPrefix(rest, "[")
		}
	}
	return steps
}

func isIndex(step string) bool { return strings.HasPrefix(step, "[") }
