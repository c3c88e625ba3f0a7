package acme

import (
	"fmt"
	"io/fs"
	"net/mail"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	k8syaml "sigs.k8s.io/yaml"
)

// specification describes one checkout.
type specification struct {
	// Folder is where it goes, below .work.
	Folder string `json:"folder"`
	// Texts are the files with a text of their own, by path.
	Texts   map[string]string `json:"texts"`
	Commits []change          `json:"commits"`
}

// change stands for one commit on each of its days.
type change struct {
	// Days count back from today.
	Days []int `json:"days"`
	// By is a person's id in people.yaml, or "Name <address>" of somebody who is not in it.
	By      string `json:"by"`
	Message string `json:"message"`
	// Files are created or changed, Remove are removed; "a/{b,c}.go" stands for two files.
	Files  []string `json:"files"`
	Remove []string `json:"remove"`
}

// author is who commits.
type author struct{ name, address string }

// read reads all specifications and the people who may commit. The errors name the file.
func read(folder fs.FS) ([]specification, map[string]author, error) {
	authors, err := readAuthors(folder)
	if err != nil {
		return nil, nil, err
	}
	names, err := fs.Glob(folder, "repositories/*.yaml")
	if err != nil {
		return nil, nil, fmt.Errorf("looking for repositories: %w", err)
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("there is no repositories/*.yaml; is this the folder of the example?")
	}
	slices.Sort(names)
	specifications := make([]specification, 0, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, nil, fmt.Errorf("reading a repository's description: %w", err)
		}
		var s specification
		if err := k8syaml.UnmarshalStrict(text, &s); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := s.check(authors); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		specifications = append(specifications, s)
	}
	return specifications, authors, nil
}

func (s *specification) check(authors map[string]author) error {
	if !fs.ValidPath(s.Folder) || !strings.Contains(s.Folder, "/") {
		return fmt.Errorf("folder %q: want a path such as checkouts/shop", s.Folder)
	}
	written := map[string]bool{}
	for i := range s.Commits {
		c := &s.Commits[i]
		if _, err := find(authors, c.By); err != nil {
			return fmt.Errorf("commit %q: %w", c.Message, err)
		}
		if len(c.Days) == 0 || slices.Min(c.Days) < 1 {
			return fmt.Errorf("commit %q: want days, each at least 1", c.Message)
		}
		c.Files, c.Remove = expandAll(c.Files), expandAll(c.Remove)
		for _, file := range slices.Concat(c.Files, c.Remove) {
			if !fs.ValidPath(file) || path.Base(file) == ".git" {
				return fmt.Errorf("commit %q: %q is no path of a file", c.Message, file)
			}
		}
		for _, file := range c.Files {
			written[file] = true
		}
	}
	for file := range s.Texts {
		if !written[file] {
			return fmt.Errorf("no commit writes %s, which has a text", file)
		}
	}
	return nil
}

// readAuthors takes names and addresses from people.yaml; what else is there is the people source's business.
func readAuthors(folder fs.FS) (map[string]author, error) {
	text, err := fs.ReadFile(folder, "people.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the people: %w", err)
	}
	var file struct {
		People []struct {
			ID     string   `yaml:"id"`
			Name   string   `yaml:"name"`
			Emails []string `yaml:"emails"`
		} `yaml:"people"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("people.yaml: %w", err)
	}
	authors := map[string]author{}
	for _, person := range file.People {
		if len(person.Emails) > 0 {
			authors[person.ID] = author{person.Name, person.Emails[0]}
		}
	}
	return authors, nil
}

// find gives the author who is meant by a person's id or "Name <address>".
func find(authors map[string]author, by string) (author, error) {
	if known, found := authors[by]; found {
		return known, nil
	}
	if stranger, err := mail.ParseAddress(by); err == nil && stranger.Name != "" {
		return author{stranger.Name, stranger.Address}, nil
	}
	return author{}, fmt.Errorf("%q is nobody in people.yaml, and no \"Name <address>\"", by)
}

func expandAll(patterns []string) []string {
	var paths []string
	for _, pattern := range patterns {
		paths = append(paths, expand(pattern)...)
	}
	return paths
}

// expand gives the paths that "a/{b,c}.go" stands for. Several groups give all combinations.
func expand(pattern string) []string {
	before, rest, found := strings.Cut(pattern, "{")
	group, after, closed := strings.Cut(rest, "}")
	if !found || !closed {
		return []string{pattern}
	}
	var paths []string
	for choice := range strings.SplitSeq(group, ",") {
		paths = append(paths, expand(before+choice+after)...)
	}
	return paths
}
