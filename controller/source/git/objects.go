package git

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

const (
	// maxObjectBytes bounds what is read into memory as one commit or tree: a tree of 32 MiB has about 500,000 entries.
	maxObjectBytes = 32 << 20
	// maxHeldEntries bounds the decoded trees that are kept, at about 60 bytes an entry.
	maxHeldEntries = 500_000
	// maxAlternateDepth is git's own limit on alternates of alternates.
	maxAlternateDepth = 5
)

// repository is one opened repository. It is not safe for concurrent use, and must be closed.
type repository struct {
	layout layout
	refs   *filesystem.Storage
	// stores hold the objects: the repository's own first, then its alternates.
	stores []*filesystem.ObjectStorage
	// trees are decoded trees: a commit's tree is compared twice, with its parent's and its child's.
	trees map[plumbing.Hash][]treeEntry
	held  int
}

// openRepository opens what the layout names. The library's own opening is not used: it refuses
// repositories with harmless extensions, and reads alternates anew for each object.
func openRepository(l layout) (*repository, error) {
	objectCache := cache.NewObjectLRUDefault()
	options := filesystem.Options{KeepDescriptors: true, LargeObjectThreshold: maxObjectBytes}
	files := dotgit.NewRepositoryFilesystem(osfs.New(l.gitDir), osfs.New(l.commonDir))
	r := &repository{
		layout: l,
		refs:   filesystem.NewStorageWithOptions(files, objectCache, options),
		trees:  map[plumbing.Hash][]treeEntry{},
	}
	r.stores = append(r.stores, &r.refs.ObjectStorage)
	others, err := alternates(filepath.Join(l.commonDir, "objects"), 0)
	if err != nil {
		return nil, err
	}
	for _, folder := range others {
		dir := dotgit.New(osfs.New(filepath.Dir(folder)))
		r.stores = append(r.stores, filesystem.NewObjectStorageWithOptions(dir, objectCache, options))
	}
	return r, nil
}

// close releases the files. Errors are of no interest: everything was opened for reading.
func (r *repository) close() {
	for _, store := range r.stores {
		_ = store.Close()
	}
}

// alternates lists the object folders that objects borrows from, each once.
// Source: gitrepository-layout(5), objects/info/alternates.
func alternates(objects string, depth int) ([]string, error) {
	text, err := readBounded(filepath.Join(objects, "info", "alternates"), maxPointerBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if depth == maxAlternateDepth {
		return nil, fmt.Errorf("%s: alternates are nested more than %d deep", objects, maxAlternateDepth)
	}
	var found []string
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		folder := strings.TrimSpace(lines.Text())
		if folder == "" || folder[0] == '#' {
			continue
		}
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(objects, folder)
		}
		if info, err := os.Stat(folder); err != nil || !info.IsDir() || filepath.Base(folder) != "objects" {
			continue // as git does: what is then missing is seen object by object
		}
		deeper, err := alternates(folder, depth+1)
		if err != nil {
			return nil, err
		}
		for _, f := range append([]string{filepath.Clean(folder)}, deeper...) {
			if !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// object reads one object by its id.
func (r *repository) object(kind plumbing.ObjectType, id plumbing.Hash) (plumbing.EncodedObject, error) {
	for i, store := range r.stores {
		if i < len(r.stores)-1 && store.HasEncodedObject(id) != nil {
			continue
		}
		o, err := store.EncodedObject(kind, id)
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %s %s: %w", kind, id, err)
		}
		return o, nil
	}
	return nil, fmt.Errorf("%s %s is missing: the clone is partial or damaged: %w", kind, id, plumbing.ErrObjectNotFound)
}

// commit reads one commit.
func (r *repository) commit(id plumbing.Hash) (*object.Commit, error) {
	o, err := r.object(plumbing.CommitObject, id)
	if err != nil {
		return nil, err
	}
	if o.Size() > maxObjectBytes {
		return nil, fmt.Errorf("commit %s has %d bytes, more than %d", id, o.Size(), maxObjectBytes)
	}
	c, err := object.DecodeCommit(nil, o)
	if err != nil {
		return nil, fmt.Errorf("decode commit %s: %w", id, err)
	}
	return c, nil
}

// blob reads at most limit bytes of a file's content.
func (r *repository) blob(id plumbing.Hash, limit int64) (text []byte, err error) {
	o, err := r.object(plumbing.BlobObject, id)
	if err != nil {
		return nil, err
	}
	reader, err := o.Reader()
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", id, err)
	}
	defer func() { _ = reader.Close() }() // opened for reading
	if text, err = io.ReadAll(io.LimitReader(reader, limit)); err != nil {
		return nil, fmt.Errorf("read blob %s: %w", id, err)
	}
	return text, nil
}

// tree reads the entries of one folder. The slice is shared: do not change it.
func (r *repository) tree(id plumbing.Hash) ([]treeEntry, error) {
	if entries, held := r.trees[id]; held {
		return entries, nil
	}
	o, err := r.object(plumbing.TreeObject, id)
	if err != nil {
		return nil, err
	}
	if o.Size() > maxObjectBytes {
		return nil, fmt.Errorf("tree %s has %d bytes, more than %d", id, o.Size(), maxObjectBytes)
	}
	reader, err := o.Reader()
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", id, err)
	}
	defer func() { _ = reader.Close() }() // opened for reading
	text := make([]byte, o.Size())
	if _, err := io.ReadFull(reader, text); err != nil {
		return nil, fmt.Errorf("read tree %s: %w", id, err)
	}
	entries, err := parseTree(string(text))
	if err != nil {
		return nil, fmt.Errorf("decode tree %s: %w", id, err)
	}
	if r.held += len(entries) + 1; r.held > maxHeldEntries {
		clear(r.trees)
		r.held = len(entries) + 1
	}
	r.trees[id] = entries
	return entries, nil
}
