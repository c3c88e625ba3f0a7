package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	// maxFileBytes bounds one file, maxFiles how many are read: more than that is a folder given by mistake.
	maxFileBytes = 4 << 20
	maxFiles     = 50_000
	// maxSearchedBytes bounds how much of a file that is too large is searched.
	maxSearchedBytes = 256 << 20
)

// source is one file that may hold manifests.
type source struct {
	root string // the folder of all manifests
	name string // in root, with slashes
}

// display is the file as the user gave the folder, joined with the path in it.
func (s source) display() string { return filepath.Join(s.root, filepath.FromSlash(s.name)) }

func (s source) problem(message, remedy string) ownership.Problem {
	return ownership.Problem{Location: ownership.Location{File: s.display()}, Message: message, Remedy: remedy}
}

// folder is what was found of a folder of manifests.
type folder struct {
	root     *os.Root
	path     string
	sources  []source
	folders  []string
	problems []ownership.Problem
	// unread are the files and folders of which nothing could be read.
	unread []ownership.Location
}

// cannotRead notes that a file or folder cannot be read, so that any object may stand in it.
func (f *folder) cannotRead(problem ownership.Problem) {
	f.problems = append(f.problems, problem)
	f.unread = append(f.unread, problem.Location)
}

// openFolder finds the files in a folder, or takes the one file given, whose folder is the root then.
func openFolder(given string) (*folder, error) {
	info, err := os.Stat(given)
	if err != nil {
		return nil, fmt.Errorf("reading manifests: %w", err)
	}
	path := given
	if !info.IsDir() {
		path = filepath.Dir(given)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("reading manifests: %w", err)
	}
	f := &folder{root: root, path: path}
	if !info.IsDir() {
		f.sources = []source{{root: path, name: filepath.Base(given)}}
		return f, nil
	}
	if err := f.find(); err != nil {
		return nil, errors.Join(fmt.Errorf("reading manifests in %s: %w", path, err), root.Close())
	}
	return f, nil
}

// find lists the folder.
//
//	.git, .github, …            skipped with all below
//	*.yaml, *.yml, *.json       read
//	a link to such a file       read if it stays in the folder (a mounted ConfigMap is made of such links), unless
//	                            the file that it leads to is read anyway
//	a link out, or to nothing   a problem
//	a link to a folder          not followed, and said
func (f *folder) find() error {
	var linked []source
	err := fs.WalkDir(f.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		here := source{root: f.path, name: name}
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			f.cannotRead(here.problem(fmt.Sprintf("cannot be read: %v", err), "check the permissions"))
			return fs.SkipDir
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.IsDir():
			f.folders = append(f.folders, here.display())
		case entry.Type()&fs.ModeSymlink != 0:
			linked = append(linked, here)
		case entry.Type().IsRegular() && isManifestName(name):
			f.sources = append(f.sources, here)
		}
		if len(f.sources) > maxFiles {
			f.sources = f.sources[:maxFiles]
			f.cannotRead(here.problem(fmt.Sprintf("more than %d files; the rest is not read", maxFiles),
				"give the folder that holds the manifests alone"))
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.follow(linked)
	slices.SortFunc(f.sources, func(a, b source) int { return strings.Compare(a.name, b.name) })
	return nil
}

// follow adds the files that links lead to.
func (f *folder) follow(linked []source) {
	if len(linked) == 0 {
		return
	}
	known := f.identities()
	for _, link := range linked {
		info, err := f.root.Stat(link.name)
		switch {
		case err == nil && info.IsDir():
			problem := link.problem("a link to a folder is not followed", "move the manifests here, or give that folder")
			problem.Warning = true
			f.problems = append(f.problems, problem)
		case !isManifestName(link.name):
		case err != nil:
			f.cannotRead(link.problem("the link leads out of the folder of the manifests, or to nothing",
				"replace the link with the file"))
		case info.Mode().IsRegular() && !slices.ContainsFunc(known[info.Size()], func(other fs.FileInfo) bool { return os.SameFile(info, other) }):
			known[info.Size()] = append(known[info.Size()], info)
			f.sources = append(f.sources, link)
		}
	}
}

// identities are the files found so far, by size: a link is compared with those of its size only.
func (f *folder) identities() map[int64][]fs.FileInfo {
	known := make(map[int64][]fs.FileInfo)
	for _, s := range f.sources {
		if info, err := f.root.Stat(s.name); err == nil {
			known[info.Size()] = append(known[info.Size()], info)
		}
	}
	return known
}

func isManifestName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// read gives a file's text. Where it has none, any object may stand in the file, unless none of ours can.
func (f *folder) read(s source) []byte {
	text, err := readBounded(f.root, filepath.FromSlash(s.name), maxFileBytes)
	var tooLarge *tooLargeError
	switch {
	case errors.As(err, &tooLarge):
		problem := s.problem(fmt.Sprintf("larger than %d MiB; nothing of it was read", maxFileBytes>>20), "split the file")
		if f.mayBeOurs(s) {
			f.cannotRead(problem)
		} else {
			f.problems = append(f.problems, problem)
		}
		return nil
	case err != nil:
		f.cannotRead(s.problem(fmt.Sprintf("cannot be read: %v", err), "check that the file is there and its permissions"))
		return nil
	}
	if encoding := otherEncoding(text); encoding != "" {
		f.cannotRead(s.problem("the text is "+encoding+", not UTF-8", "save the file as UTF-8"))
		return nil
	}
	return text
}

// mayBeOurs says whether a file that is too large may have objects of ours: their group stands in its text.
func (f *folder) mayBeOurs(s source) bool {
	file, err := f.root.Open(filepath.FromSlash(s.name))
	if err != nil {
		return true
	}
	defer func() { _ = file.Close() }() // nothing was written
	var kept []byte
	buffer := make([]byte, 64<<10)
	for read := 0; read < maxSearchedBytes; {
		n, err := file.Read(buffer)
		read += n
		kept = append(kept, bytes.ReplaceAll(buffer[:n], []byte{0}, nil)...) // of another encoding, perhaps
		switch {
		case bytes.Contains(kept, []byte(group)):
			return true
		case err != nil:
			return !errors.Is(err, io.EOF)
		}
		kept = append(kept[:0], kept[max(len(kept)-len(group), 0):]...)
	}
	return true
}
