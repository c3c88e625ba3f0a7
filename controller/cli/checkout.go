package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/standalone"
)

// checkout is the repository that questions about paths are asked of.
type checkout struct {
	// root is its folder, and folder the current one; neither has a link in it.
	root, folder string
	// prefix leads from root to folder, "" or "a/b/".
	prefix string
	// isRepository is false where there is none: then root is the current folder. bare has no working tree.
	isRepository, bare bool
	// observed is the repository once it has been looked at.
	observed *ownership.Repository
}

// findCheckout finds the checkout that the current folder lies in. Outside of one the current folder stands in for
// it, if that will do.
func findCheckout(outsideWillDo bool) (*checkout, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the current folder: %w", err)
	}
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return nil, fmt.Errorf("find the current folder: %w", err)
	}
	source, err := standalone.FindCheckout(folder)
	if err != nil {
		if outsideWillDo {
			return &checkout{root: folder, folder: folder}, nil
		}
		return nil, failure("go into a checkout, or name the rules with --codeowners FILE", "%s lies in no git repository", folder)
	}
	c := &checkout{root: source.Root(), folder: folder, isRepository: true}
	if _, err := os.Lstat(filepath.Join(c.root, ".git")); errors.Is(err, fs.ErrNotExist) {
		c.bare = true
	}
	inside, err := filepath.Rel(c.root, folder)
	if err != nil {
		return nil, fmt.Errorf("find the current folder in its checkout: %w", err)
	}
	if inside != "." && !c.bare {
		c.prefix = filepath.ToSlash(inside) + "/"
	}
	return c, nil
}

// relative gives a path relative to the root of the repository, with slashes, "." for the root itself. Where the path
// does not name it as git would, "../" and all, it is cleaned first; links in the repository are left as they are.
func (c *checkout) relative(given string) (string, error) {
	if isClean(given) {
		return c.prefix + given, nil
	}
	if strings.ContainsRune(given, 0) {
		return "", fmt.Errorf("%q has a NUL byte in it, which no path has", given)
	}
	absolute := filepath.Clean(given)
	if !filepath.IsAbs(given) {
		absolute = filepath.Join(c.root, filepath.FromSlash(c.prefix), given)
	}
	for _, candidate := range []string{absolute, withoutLinks(absolute)} {
		inside, err := filepath.Rel(c.root, candidate)
		if err == nil && filepath.IsLocal(inside) {
			return filepath.ToSlash(inside), nil
		}
	}
	return "", fmt.Errorf("%s is outside of %s", given, c.root)
}

// isClean says whether a path is relative and written as git writes it.
func isClean(given string) bool {
	if filepath.Separator != '/' && strings.ContainsRune(given, filepath.Separator) {
		return false
	}
	for segment := range strings.SplitSeq(given, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.IndexByte(segment, 0) >= 0 {
			return false
		}
	}
	return true
}

// withoutLinks follows the links in as much of a path as exists, without its last name.
func withoutLinks(absolute string) string {
	folder, name := filepath.Split(absolute)
	folder = filepath.Clean(folder)
	if folder == absolute {
		return absolute
	}
	if followed, err := filepath.EvalSymlinks(folder); err == nil {
		return filepath.Join(followed, name)
	}
	return filepath.Join(withoutLinks(folder), name)
}

// expand gives the files that an argument stands for: itself, or, of a folder, the files below. A folder without files
// stands for a file yet to be created there, and keeps the slash at its end; but of a repository without any, nothing.
func (c *checkout) expand(ctx context.Context, given string) ([]string, error) {
	if given == "" {
		return nil, failure("name a file or a folder", "a path is empty")
	}
	relative, err := c.relative(given)
	if err != nil {
		return nil, err
	}
	isFolder := relative == "." || strings.HasSuffix(filepath.ToSlash(given), "/")
	if info, err := os.Lstat(filepath.Join(c.root, filepath.FromSlash(relative))); err == nil {
		isFolder = isFolder || info.IsDir()
	}
	if !isFolder && !c.bare {
		return []string{relative}, nil
	}
	files, err := c.below(ctx, relative)
	switch {
	case err != nil:
		return nil, err
	case len(files) > 0, relative == ".":
		return files, nil
	case isFolder:
		return []string{relative + "/"}, nil
	}
	return []string{relative}, nil
}

// below lists the files below a folder.
func (c *checkout) below(ctx context.Context, folder string) ([]string, error) {
	if !c.isRepository {
		return nil, failure("name files, or go into the checkout", "%s lies in no git repository, so its files cannot be listed", c.folder)
	}
	repository, err := c.look(ctx)
	if err != nil {
		return nil, err
	}
	if !repository.Files.Known() {
		return nil, failure("name files instead", "%s: %s", c.root, repository.Files.Unknown)
	}
	files := repository.Files.Paths
	if folder == "." {
		return files, nil
	}
	from := sort.SearchStrings(files, folder+"/")
	to := from + sort.Search(len(files)-from, func(i int) bool { return !strings.HasPrefix(files[from+i], folder+"/") })
	return files[from:to], nil
}

// look observes the repository, once and without its history.
func (c *checkout) look(ctx context.Context) (*ownership.Repository, error) {
	if c.observed != nil {
		return c.observed, nil
	}
	noHistory := int32(0)
	spec := v1alpha1.GitSource{Path: c.root, Tree: "worktree", HistoryDays: &noHistory}
	if c.bare {
		spec.Tree = "head"
	}
	observation := git.New("checkout", spec, "").Observe(ctx, time.Time{})
	if len(observation.Repositories) != 1 {
		return nil, fmt.Errorf("%s could not be read: %s", c.root, observation.Unknown)
	}
	c.observed = &observation.Repositories[0]
	return c.observed, nil
}

// codeowners reads the rules: the file given, or else the first of GitHub's three places. The name is for display.
func (c *checkout) codeowners(ctx context.Context, environment Environment, given string) (name string, file *codeowners.File, err error) {
	if given != "" {
		text, err := readRules(given)
		if err != nil {
			return "", nil, failure("name a file with --codeowners", "the rules: %s", standalone.Plainly(given, err))
		}
		return given, codeowners.Parse(text), nil
	}
	if c.bare {
		repository, err := c.look(ctx)
		if err != nil {
			return "", nil, err
		}
		if !repository.Codeowners.Known() {
			return "", nil, fmt.Errorf("%s: CODEOWNERS could not be read: %s", c.root, repository.Codeowners.Unknown)
		}
		if repository.Codeowners.Link {
			return repository.Codeowners.Path, codeowners.Linked(), nil
		}
		return repository.Codeowners.Path, codeowners.Parse(repository.Codeowners.Text), nil
	}
	root, err := os.OpenRoot(c.root)
	if err != nil {
		return "", nil, fmt.Errorf("open the checkout: %w", err)
	}
	defer func() { _ = root.Close() }() // nothing was written
	for _, place := range codeowners.Locations {
		info, err := root.Lstat(filepath.FromSlash(place))
		switch {
		case err != nil:
			continue
		case info.Mode()&fs.ModeSymlink != 0:
			return place, codeowners.Linked(), nil
		case info.Mode().IsRegular():
			text, err := readRulesIn(root, place)
			return place, codeowners.Parse(text), err
		}
	}
	say(environment.Err, "warning: %s has no CODEOWNERS file (looked for %s)", c.root, strings.Join(codeowners.Locations, ", "))
	return "CODEOWNERS", codeowners.Parse(nil), nil
}

// readRules reads a file that was given by name; links are followed. Of a file that is too large to be in force it
// reads as much as shows that.
func readRules(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	return io.ReadAll(io.LimitReader(file, codeowners.MaxSize))
}

// readRulesIn reads a file of the checkout, likewise.
func readRulesIn(root *os.Root, place string) ([]byte, error) {
	file, err := root.Open(filepath.FromSlash(place))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", place, err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, codeowners.MaxSize))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", place, err)
	}
	return text, nil
}
