package git

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	formatconfig "github.com/go-git/go-git/v5/plumbing/format/config"
)

const (
	maxConfigBytes  = 4 << 20
	maxPointerBytes = 64 << 10 // .git files, commondir, alternates
)

// errNoRepository says that a folder is no git repository at all.
var errNoRepository = errors.New("not a git repository")

// layout says where the parts of one repository are.
// Source: gitrepository-layout(5).
type layout struct {
	// root is the working tree, or the repository itself where it is bare.
	root string
	// gitDir holds HEAD and the index; commonDir holds objects and refs. They differ in a linked worktree.
	gitDir, commonDir string
	bare              bool
}

// findLayout finds the repository that lies exactly in dir.
//
//	dir/.git is a folder        a checkout
//	dir/.git is a file          a linked worktree or a submodule: "gitdir: PATH"
//	HEAD, objects/, refs/       a bare repository
//	none of these               errNoRepository
func findLayout(dir string) (layout, error) {
	l := layout{root: dir}
	info, err := os.Stat(filepath.Join(dir, ".git"))
	switch {
	case err == nil && info.IsDir():
		l.gitDir = filepath.Join(dir, ".git")
	case err == nil:
		target, err := readPointer(filepath.Join(dir, ".git"), "gitdir:")
		if err != nil {
			return l, err
		}
		l.gitDir = target
	case !errors.Is(err, fs.ErrNotExist):
		return l, fmt.Errorf("look for .git: %w", err)
	case isBare(dir):
		l.gitDir, l.bare = dir, true
	default:
		return l, errNoRepository
	}
	if _, err := os.Stat(filepath.Join(l.gitDir, "HEAD")); err != nil {
		return l, fmt.Errorf("%s is not a git repository: %w", l.gitDir, err)
	}
	l.commonDir = l.gitDir
	common, err := readPointer(filepath.Join(l.gitDir, "commondir"), "")
	if err == nil {
		l.commonDir = common
	} else if !errors.Is(err, fs.ErrNotExist) {
		return l, err
	}
	return l, nil
}

// isBare says whether dir looks like a repository without a working tree, by the same three signs as git.
func isBare(dir string) bool {
	for name, wantDir := range map[string]bool{"HEAD": false, "objects": true, "refs": true} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.IsDir() != wantDir {
			return false
		}
	}
	return true
}

// readPointer reads a file that holds one path, relative to the file's own folder.
func readPointer(file, prefix string) (string, error) {
	text, err := readBounded(file, maxPointerBytes)
	if err != nil {
		return "", err
	}
	target, found := strings.CutPrefix(strings.TrimSpace(string(text)), prefix)
	target = strings.TrimSpace(target)
	if !found || target == "" {
		return "", fmt.Errorf("%s does not say where the repository is: want %q and a path", file, prefix)
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(file), target)
	}
	return filepath.Clean(target), nil
}

// readBounded reads a file of at most limit bytes.
func readBounded(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading: closing loses nothing
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", file, limit)
	}
	return text, nil
}

// settings are what Remit needs of a repository's configuration. It is read with the format's decoder
// and not as a whole, so that settings which do not concern reading cannot make a repository unreadable.
type settings struct {
	origin string
}

// readSettings reads the configuration and refuses formats that would be misread.
//
//	extension                                          read?
//	noop, preciousObjects, partialClone,               yes: they concern writing, fetching, or are seen
//	worktreeConfig, relativeWorktrees                       object by object
//	objectFormat = sha1, refStorage = files            yes: the default spelled out
//	objectFormat = sha256, refStorage = reftable       no
//	anything else                                      no: git refuses what it does not know, too
func readSettings(l layout) (settings, error) {
	var found settings
	file := filepath.Join(l.commonDir, "config")
	text, err := readBounded(file, maxConfigBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	raw := formatconfig.New()
	if err := formatconfig.NewDecoder(strings.NewReader(string(text))).Decode(raw); err != nil {
		return found, fmt.Errorf("read %s: %w", file, err)
	}
	if raw.HasSection("remote") {
		found.origin = raw.Section("remote").Subsection("origin").Option("url")
	}
	harmless := []string{"noop", "noop-v1", "preciousobjects", "partialclone", "worktreeconfig", "relativeworktrees"}
	for _, option := range raw.Section("extensions").Options {
		name, value := strings.ToLower(option.Key), strings.ToLower(option.Value)
		switch {
		case slices.Contains(harmless, name),
			name == "objectformat" && value == "sha1",
			name == "refstorage" && value == "files":
		case name == "objectformat":
			return found, fmt.Errorf("the repository names its objects with %s; only sha1 can be read", value)
		case name == "refstorage":
			return found, fmt.Errorf("the repository keeps its refs in the format %s; only files can be read", value)
		default:
			return found, fmt.Errorf("the repository uses the extension %q, which is not supported", option.Key)
		}
	}
	if version := raw.Section("core").Option("repositoryformatversion"); version != "" && version != "0" && version != "1" {
		return found, fmt.Errorf("the repository has format version %s; 0 and 1 can be read", version)
	}
	return found, nil
}
