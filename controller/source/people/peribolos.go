package people

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	maxFolders = 4096
	maxFiles   = 4096
	// maxNesting bounds teams within teams; the deepest known organisation has 4.
	maxNesting = 64
)

// Source: the README of peribolos, and the layout of the repository kubernetes/org.
const (
	organisationFile = "org.yaml"
	teamsFile        = "teams.yaml"
)

// observePeribolos reads peribolos's configuration.
//
//	a file with "orgs"                    the merged form: all organisations in one
//	a folder with org.yaml                one organisation, named after the folder
//	a folder of such folders              several
//	teams.yaml in a folder below these    more teams of that organisation
//
// Other files are passed over. An organisation whose file cannot be read costs that organisation alone.
func (s *Source) observePeribolos(ctx context.Context) (listing, error) {
	isFolder := false
	if s.read == nil {
		info, err := os.Stat(s.path)
		if err != nil {
			return listing{}, err
		}
		isFolder = info.IsDir()
	}
	p := peribolos{shown: s.path, wholePeople: true, organisations: map[string]*organisation{}}
	var err error
	if isFolder {
		err = p.readFolder(ctx, s.path)
	} else {
		var text []byte
		if text, err = s.text(ctx); err == nil {
			err = p.readFile(s.path, text, folderOf(s.path))
		}
	}
	if err != nil {
		return listing{problems: p.problems}, err
	}
	return p.finish(), nil
}

// folderOf names the organisation of a single org.yaml.
func folderOf(file string) string {
	if filepath.Base(file) != organisationFile {
		return ""
	}
	return filepath.Base(filepath.Dir(file))
}

// peribolos is a configuration while it is read.
type peribolos struct {
	// shown is the path for messages, from where Remit was called.
	shown         string
	organisations map[string]*organisation
	problems      []ownership.Problem
	wholePeople   bool
}

// organisation is one organisation while it is read.
type organisation struct {
	id      string
	members map[string]ownership.Person
	teams   []*teamEntry
	// teamsWhole says that no team of it was lost.
	teamsWhole bool
}

// readFolder reads the files of a folder, which no link in it can lead out of.
func (p *peribolos) readFolder(ctx context.Context, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // opened for reading
	tree := root.FS()
	if _, err := fs.Stat(tree, organisationFile); err == nil {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			return err
		}
		return p.readOrganisation(ctx, tree, ".", filepath.Base(absolute))
	}
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if _, err := fs.Stat(tree, path.Join(entry.Name(), organisationFile)); err != nil {
			if !errors.Is(err, fs.ErrNotExist) && entry.IsDir() {
				p.lose(entry.Name(), path.Join(p.shown, entry.Name(), organisationFile), err)
			}
			continue
		}
		if err := p.readOrganisation(ctx, tree, entry.Name(), entry.Name()); err != nil {
			return err
		}
	}
	if len(p.organisations) == 0 {
		return fmt.Errorf("%s has no %s, nor has any folder in it", p.shown, organisationFile)
	}
	return nil
}

// readOrganisation reads one organisation's org.yaml and all teams.yaml below it. Its error is ctx's.
func (p *peribolos) readOrganisation(ctx context.Context, tree fs.FS, folder, name string) error {
	files := 0
	err := fs.WalkDir(tree, folder, func(file string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		shown := path.Join(filepath.ToSlash(p.shown), file)
		base := path.Base(file)
		switch {
		case err != nil:
			p.lose(name, shown, err)
			return nil
		case entry.IsDir() || base != teamsFile && file != path.Join(folder, organisationFile):
			return nil
		case files == maxFiles:
			p.lose(name, shown, fmt.Errorf("there are more than %d files", maxFiles))
			return fs.SkipAll
		}
		files++
		text, err := readFile(func() (fs.File, error) { return tree.Open(file) })
		if err == nil {
			err = p.readFile(shown, text, name)
		}
		if err != nil {
			p.lose(name, shown, err)
		}
		return nil
	})
	return err
}

// lose records that something of an organisation could not be read.
func (p *peribolos) lose(name, shown string, err error) {
	o := p.organisation(strings.ToLower(name))
	o.teamsWhole, p.wholePeople = false, false
	problem := ownership.Problem{}
	if !errors.As(err, &problem) {
		problem = ownership.Problem{
			Location: ownership.Location{File: shown}, Message: fmt.Sprintf("the file cannot be read: %v", err),
			Remedy: "make it a readable YAML file",
		}
	}
	p.problems = append(p.problems, problem)
}

func (p *peribolos) organisation(id string) *organisation {
	o, found := p.organisations[id]
	if !found {
		o = &organisation{id: id, members: map[string]ownership.Person{}, teamsWhole: true}
		p.organisations[id] = o
	}
	return o
}

// readFile reads one file; name is the organisation that it belongs to where it is not the merged form.
func (p *peribolos) readFile(shown string, text []byte, name string) error {
	root, err := parseYAML(shown, text)
	if err != nil {
		return err
	}
	r := &peribolosReader{reader: newReader(shown, len(text)), peribolos: p}
	fields, ok := r.fields(root, "")
	if !ok || len(fields) == 0 {
		p.problems = append(p.problems, r.problems...)
		return ownership.Problem{
			Location: ownership.Location{File: shown}, Message: "the file has no fields that can be read",
			Remedy: "write an organisation's members and teams into it, or remove it",
		}
	}
	if i := slices.IndexFunc(fields, func(f field) bool { return f.name == "orgs" }); i >= 0 {
		r.known(fields, "", "orgs") // peribolos's file may be part of a larger one: what else it has is not ours
		r.problems = slices.DeleteFunc(r.problems, func(p ownership.Problem) bool { return !strings.HasPrefix(p.Field, "orgs") })
		r.organisations(fields[i].value)
	} else if name == "" {
		return ownership.Problem{
			Location: ownership.Location{File: shown}, Message: "the file has no orgs, so the organisation's name is not known",
			Remedy: "name the file org.yaml, in a folder of the organisation's name",
		}
	} else {
		r.organisation(fields, "", root, name)
	}
	p.problems = append(p.problems, r.problems...)
	if r.exhausted() {
		return errors.New("it has too many entries")
	}
	return nil
}

// finish compares what the files say of each organisation.
func (p *peribolos) finish() listing {
	list := listing{problems: p.problems, allPeople: p.wholePeople, allPermissions: true}
	people := map[string]ownership.Person{}
	for _, id := range slices.Sorted(maps.Keys(p.organisations)) {
		o := p.organisations[id]
		list.problems = append(list.problems, checkTeams(o.teams)...)
		lists := len(o.teams) == 0
		for _, entry := range o.teams {
			if entry.broken {
				o.teamsWhole = false
				continue
			}
			lists = lists || entry.listsRepositories
			list.teams = append(list.teams, entry.team)
		}
		if o.teamsWhole {
			list.organisations = append(list.organisations, id)
			list.allPermissions = list.allPermissions && lists
		}
		for login, person := range o.members {
			if _, known := people[login]; !known {
				people[login] = person
			}
		}
	}
	list.allTeams = len(list.organisations) > 0
	for _, person := range people {
		list.people = append(list.people, person)
	}
	return list
}

// peribolosReader reads one file of a configuration.
type peribolosReader struct {
	reader
	peribolos *peribolos
}

func (r *peribolosReader) organisations(node *yaml.Node) {
	fields, ok := r.fields(node, "orgs")
	if !ok {
		r.peribolos.wholePeople = false
	}
	for _, f := range fields {
		inner, ok := r.fields(f.value, join("orgs", f.name))
		o := r.organisation(inner, join("orgs", f.name), f.value, f.name)
		if !ok && o != nil {
			o.teamsWhole, r.peribolos.wholePeople = false, false
		}
	}
}
