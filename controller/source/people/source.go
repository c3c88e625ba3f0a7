package people

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// The formats of a people source.
const (
	formatRemit     = "remit"
	formatPeribolos = "peribolos"
)

// maxFileBytes bounds one file. The largest public organisation's files have 0.1 MB.
const maxFileBytes = 16 << 20

// Source observes people and teams in files. It keeps nothing between observations.
type Source struct {
	name string
	spec v1alpha1.PeopleSource
	// path is where spec.Path leads; of a text that is in no file, what to call it.
	path string
	// read gives the text where it is in no file; else it is nil.
	read func(context.Context) ([]byte, error)
}

// NewText makes a source of a text that is in no file: read gives it, and place is what messages call it, such as
// "configmap people, key people.yaml". An error of read makes the source unknown; an ownership.Problem is shown as it is.
func NewText(name string, spec v1alpha1.PeopleSource, place string, read func(context.Context) ([]byte, error)) *Source {
	return &Source{name: name, spec: spec, path: place, read: read}
}

// New makes a source of a specification. dir is the folder of the manifest, which a relative path starts from.
func New(name string, spec v1alpha1.PeopleSource, dir string) *Source {
	path := spec.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return &Source{name: name, spec: spec, path: filepath.Clean(path)}
}

// Name is the name of the OwnershipSource.
func (s *Source) Name() string { return s.name }

// Kind is SourcePeople.
func (s *Source) Kind() ownership.SourceKind { return ownership.SourcePeople }

// Observe reads the files. It always gives an observation, which is unknown where a file cannot be read
// or is no YAML at all.
func (s *Source) Observe(ctx context.Context, now time.Time) ownership.Observation {
	var list listing
	var err error
	switch s.spec.Format {
	case "", formatRemit:
		list, err = s.observeRemit(ctx)
	case formatPeribolos:
		list, err = s.observePeribolos(ctx)
	default:
		err = fmt.Errorf("the format %q is neither %q nor %q", s.spec.Format, formatRemit, formatPeribolos)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		problem := ownership.Problem{}
		if !errors.As(err, &problem) {
			problem = ownership.Problem{
				Location: ownership.Location{File: s.path}, Field: "spec.people",
				Message: err.Error(), Remedy: "set path to a file that can be read, and format to the one it has",
			}
		}
		return ownership.Observation{
			Source: s.name, Kind: ownership.SourcePeople, At: now,
			Unknown: unknown(problem), Problems: append(list.problems, problem),
		}
	}
	return list.observation(s.name, now)
}

// unknown says why nothing is known: what to do about it stands in the problem.
func unknown(problem ownership.Problem) string {
	if strings.HasPrefix(problem.Field, "spec.") { // the message names the file
		return problem.Message
	}
	problem.Remedy = ""
	return problem.Error()
}

// withoutPath takes the path out of an error of the file system, for messages that name it already.
func withoutPath(err error) error {
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// Watch gives the folders of the files: editors replace a file rather than write it.
func (s *Source) Watch() []string {
	if s.read != nil {
		return nil
	}
	if s.spec.Format != formatPeribolos {
		return []string{filepath.Dir(s.path)}
	}
	if info, err := os.Stat(s.path); err != nil || !info.IsDir() {
		return []string{filepath.Dir(s.path)}
	}
	folders := []string{s.path}
	_ = filepath.WalkDir(s.path, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // what cannot be listed is not watched; observing it says why
		case len(folders) == maxFolders:
			return fs.SkipAll
		case entry.IsDir() && path != s.path:
			folders = append(folders, path)
		}
		return nil
	})
	return folders
}

// listing is what the files say, before it is known which source and time it belongs to.
type listing struct {
	people        []ownership.Person
	teams         []ownership.Team
	organisations []string
	problems      []ownership.Problem
	// These say that a list is whole: that what is not in it does not exist.
	allPeople, allTeams, allPermissions bool
}

// observation stamps the facts with source and time, and sorts them.
func (l listing) observation(source string, now time.Time) ownership.Observation {
	for i := range l.people {
		l.people[i].Source, l.people[i].At = source, now
	}
	for i := range l.teams {
		l.teams[i].Source, l.teams[i].At = source, now
	}
	slices.SortFunc(l.people, func(a, b ownership.Person) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(l.teams, func(a, b ownership.Team) int { return strings.Compare(a.ID, b.ID) })
	slices.Sort(l.organisations)
	slices.SortStableFunc(l.problems, func(a, b ownership.Problem) int { return a.Location.Compare(b.Location) })
	if len(l.problems) > maxProblems {
		l.problems = append(l.problems[:maxProblems:maxProblems], ownership.Problem{
			Message: fmt.Sprintf("there are more than %d problems", maxProblems), Remedy: "correct those that are listed",
		})
	}
	return ownership.Observation{
		Source: source, Kind: ownership.SourcePeople, At: now,
		People: l.people, AllPeople: l.allPeople,
		Teams: l.teams, AllTeams: l.allTeams, AllPermissions: l.allTeams && l.allPermissions,
		TeamOrganisations: slices.Compact(l.organisations),
		Problems:          l.problems,
	}
}

// text reads the one file that the source is made of.
func (s *Source) text(ctx context.Context) ([]byte, error) {
	if s.read != nil {
		return s.read(ctx)
	}
	return readFile(func() (fs.File, error) { return os.Open(s.path) })
}

// readFile reads a bounded file.
func readFile(open func() (fs.File, error)) ([]byte, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a folder and not a file")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("it has more than %d MiB", maxFileBytes>>20)
	}
	return text, nil
}
