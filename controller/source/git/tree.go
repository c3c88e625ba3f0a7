package git

import (
	"errors"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// entryKind is what an entry of a tree is.
type entryKind uint8

const (
	fileEntry entryKind = iota // an executable file, too
	linkEntry                  // a symbolic link: a file to git, but never followed
	folderEntry
	submoduleEntry // a commit of another repository: not a file
)

// treeEntry is one entry of a folder.
type treeEntry struct {
	name       string
	id         plumbing.Hash
	kind       entryKind
	executable bool
}

// parseTree decodes a tree object: "MODE NAME\0" and the 20 bytes of an id, again and again. Names
// share the text's memory, which is why this is not left to the library: it makes a history of
// thousands of commits several times faster to compare.
func parseTree(text string) ([]treeEntry, error) {
	entries := make([]treeEntry, 0, len(text)/40)
	for len(text) > 0 {
		mode, rest, found := strings.Cut(text, " ")
		name, rest, ended := strings.Cut(rest, "\x00")
		if !found || !ended || len(rest) < len(plumbing.ZeroHash) {
			return nil, errors.New("the tree is cut short")
		}
		if name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
			return nil, errors.New("the tree has an entry that is no file name")
		}
		kind, executable, ok := parseMode(mode)
		if !ok {
			return nil, errors.New("the tree has an entry of no known mode")
		}
		entry := treeEntry{name: name, kind: kind, executable: executable}
		text = rest[copy(entry.id[:], rest):]
		entries = append(entries, entry)
	}
	if !slices.IsSortedFunc(entries, compareEntries) {
		slices.SortFunc(entries, compareEntries) // some old tools wrote them unsorted
	}
	return entries, nil
}

// parseMode reads an octal file mode, of which git means the type and one bit.
func parseMode(octal string) (kind entryKind, executable, ok bool) {
	if len(octal) == 0 || len(octal) > 7 {
		return 0, false, false
	}
	mode := 0
	for _, digit := range []byte(octal) {
		if digit < '0' || digit > '7' {
			return 0, false, false
		}
		mode = mode<<3 | int(digit-'0')
	}
	switch mode & 0o170000 {
	case 0o040000:
		return folderEntry, false, true
	case 0o100000:
		return fileEntry, mode&0o111 != 0, true
	case 0o120000:
		return linkEntry, false, true
	case 0o160000:
		return submoduleEntry, false, true
	}
	return 0, false, false
}

// compareEntries is git's order of a tree: a folder's name counts as if it ended in "/". It is also why
// a walk gives whole paths in byte order.
func compareEntries(a, b treeEntry) int {
	shared := min(len(a.name), len(b.name))
	if order := strings.Compare(a.name[:shared], b.name[:shared]); order != 0 {
		return order
	}
	return int(a.byteAt(shared)) - int(b.byteAt(shared))
}

func (e treeEntry) byteAt(i int) byte {
	switch {
	case i < len(e.name):
		return e.name[i]
	case e.kind == folderEntry:
		return '/'
	}
	return 0
}
