package fetch

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/remit-dev/remit/controller/internal/folderlock"
)

const (
	stateFile     = "state.json"
	maxStateBytes = 64 << 10
	// incoming is how the names of files begin that are being written.
	incoming   = "incoming-"
	packFolder = "objects/pack"
	// maxShallow bounds a list of shallow commits, of which each takes a line.
	maxShallow      = 200_000
	maxShallowBytes = maxShallow * 41
)

// state says which of the folders next to it is the repository, and how it was fetched.
type state struct {
	URL    string `json:"url"`
	Folder string `json:"folder"`
	// Branch is the branch that was fetched, and Wanted what was looked for: a branch or HEAD.
	Branch string `json:"branch,omitempty"`
	Wanted string `json:"wanted"`
	// Since is the start of the window of the log, in seconds of Unix; 0 where only the commit itself was wanted.
	Since int64 `json:"since,omitempty"`
	// Short says that the server had no commit in the window, so that only the last one was fetched.
	Short bool `json:"short,omitempty"`
	// Version is that of the protocol, At the path of the repository where a redirect led to another one.
	Version   int               `json:"version"`
	Path      string            `json:"path,omitempty"`
	Abilities map[string]string `json:"abilities,omitempty"`
}

// store is what is kept of one address, locked.
type store struct {
	root *os.Root
	lock *os.File
	// at is the time of the last success; zero where nothing is kept.
	at    time.Time
	state state
	// tip is the commit that is kept; zero in a repository without one.
	tip plumbing.Hash
	// damaged says why what was kept is not used.
	damaged string
}

// placeOf is the folder of an address within the cache. What was fetched with one credential is not shown to who asks
// with another.
func placeOf(folder, address, credential string) string {
	sum := sha256.Sum256([]byte(address + "\x00" + credential))
	return filepath.Join(folder, hex.EncodeToString(sum[:16]))
}

// openStore opens the folder of an address, makes it where there is none, and waits for its lock.
func openStore(ctx context.Context, place string, wait time.Duration) (*store, error) {
	if err := os.MkdirAll(place, 0o700); err != nil {
		return nil, localFailure(err)
	}
	root, err := os.OpenRoot(place)
	if err != nil {
		return nil, localFailure(err)
	}
	s := &store{root: root}
	if s.lock, err = root.Open("."); err == nil {
		err = folderlock.Lock(ctx, s.lock, wait)
	}
	switch {
	case errors.Is(err, folderlock.ErrHeld):
		err = failure(TooSlow, "it is asked again at the next interval", "another process has been fetching the same repository for %s", wait)
	case errors.Is(err, folderlock.ErrUnsupported):
		err = failure(Local, "put the cache folder on a local disk", "the file system of %s has no locks", place)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case err != nil:
		err = localFailure(err)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	now := time.Now()
	_ = root.Chtimes(".", now, now) // that somebody asks: RemoveUnused; a clone that is taken for unused once more is fetched anew
	if err := s.load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.damaged = err.Error()
	}
	s.sweep()
	return s, nil
}

func (s *store) close() {
	if s.lock != nil {
		_ = s.lock.Close() // that unlocks it
	}
	_ = s.root.Close() // everything was written and closed before
}

// localFailure is one of the cache's folder, without the calls of the system.
func localFailure(err error) error {
	what := err
	var call *fs.PathError
	var link *os.LinkError
	if errors.As(err, &call) {
		what = call.Err
	} else if errors.As(err, &link) {
		what = link.Err
	}
	known := failure(Local, "see that the folder can be written, and that its disk is not full", "the cache folder cannot be used: %v", what)
	known.Cause = err
	return known
}

// load reads what is kept. The error says that nothing is, or that it is damaged.
func (s *store) load() error {
	text, info, err := s.read(stateFile, maxStateBytes)
	if err != nil {
		return err
	}
	var kept state
	if err := json.Unmarshal(text, &kept); err != nil || !isGeneration(kept.Folder) {
		return errors.New("its state cannot be read")
	}
	head, _, err := s.read(kept.Folder+"/HEAD", maxStateBytes)
	if err != nil {
		return errors.New("its HEAD cannot be read")
	}
	line := strings.TrimSpace(string(head))
	switch {
	case isID(line):
		s.tip = plumbing.NewHash(line)
	case !strings.HasPrefix(line, "ref: "):
		return errors.New("its HEAD is no commit")
	}
	for _, folder := range []string{packFolder, "refs"} {
		if info, err := s.root.Stat(kept.Folder + "/" + folder); err != nil || !info.IsDir() {
			s.tip = plumbing.ZeroHash
			return fmt.Errorf("its folder %s is missing", folder)
		}
	}
	s.state, s.at = kept, info.ModTime()
	return nil
}

func (s *store) read(name string, limit int64) ([]byte, fs.FileInfo, error) {
	file, err := s.root.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }() // opened for reading
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return text, info, err
}

// isGeneration says whether a name is that of a repository's folder.
func isGeneration(name string) bool {
	digits, is := strings.CutPrefix(strings.TrimSuffix(name, ".git"), "g")
	_, err := hex.DecodeString(digits)
	return is && err == nil && strings.HasSuffix(name, ".git") && len(digits) == 16
}

// sweep removes what a killed process left: folders that are not the one in use, files half written, indexes without a
// pack. What cannot be removed stays; the next fetch tries again.
func (s *store) sweep() {
	for _, entry := range s.entries(".") {
		name := entry.Name()
		if name != stateFile && name != s.state.Folder && (isGeneration(name) || strings.HasPrefix(name, incoming)) {
			_ = s.root.RemoveAll(name) // see above
		}
	}
	if s.state.Folder == "" {
		return
	}
	for _, entry := range s.entries(s.state.Folder) {
		if strings.HasPrefix(entry.Name(), incoming) {
			_ = s.root.RemoveAll(s.state.Folder + "/" + entry.Name()) // see above
		}
	}
	folder := s.state.Folder + "/" + packFolder + "/"
	for _, entry := range s.entries(folder) {
		name, isIndex := strings.CutSuffix(entry.Name(), ".idx")
		alone := false
		if isIndex {
			_, err := s.root.Lstat(folder + name + ".pack")
			alone = errors.Is(err, fs.ErrNotExist)
		}
		if alone || strings.HasPrefix(entry.Name(), incoming) {
			_ = s.root.Remove(folder + entry.Name()) // see above
		}
	}
}

func (s *store) entries(folder string) []fs.DirEntry {
	entries, err := fs.ReadDir(s.root.FS(), filepath.ToSlash(filepath.Clean(folder)))
	if err != nil {
		return nil
	}
	return entries
}

// packs is how many packs are kept.
func (s *store) packs() int {
	count := 0
	for _, entry := range s.entries(s.state.Folder + "/" + packFolder) {
		if strings.HasSuffix(entry.Name(), ".pack") {
			count++
		}
	}
	return count
}

// packBytes is how many bytes the packs have.
func (s *store) packBytes() int64 {
	var bytes int64
	for _, entry := range s.entries(s.state.Folder + "/" + packFolder) {
		if info, err := entry.Info(); err == nil && strings.HasSuffix(entry.Name(), ".pack") {
			bytes += info.Size()
		}
	}
	return bytes
}

// newGeneration makes the folder of a repository that nothing leads to yet.
func (s *store) newGeneration(address string) (string, error) {
	var number [8]byte
	_, _ = rand.Read(number[:]) // it never fails
	name := "g" + hex.EncodeToString(number[:]) + ".git"
	for _, folder := range []string{"objects/pack", "objects/info", "refs/heads"} {
		if err := s.root.MkdirAll(name+"/"+folder, 0o700); err != nil {
			return "", localFailure(err)
		}
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n[remote \"origin\"]\n\turl = \"" + address + "\"\n"
	if err := s.write(name+"/config", []byte(config)); err != nil {
		return "", err
	}
	return name, s.setHead(name, plumbing.ZeroHash, "refs/heads/main") // without one it is no repository
}

// write writes a file under another name first, and has it on disk before it gets its own.
func (s *store) write(name string, text []byte) error {
	temporary := filepath.ToSlash(filepath.Join(filepath.Dir(name), incoming+filepath.Base(name)))
	file, err := s.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return localFailure(err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = s.root.Rename(temporary, name)
	}
	if err != nil {
		return localFailure(err)
	}
	s.sync(filepath.Dir(name))
	return nil
}

// sync has the names of a folder on disk; some systems cannot do that, and need not.
func (s *store) sync(folder string) {
	if opened, err := s.root.Open(filepath.ToSlash(folder)); err == nil {
		_ = opened.Sync()  // see above
		_ = opened.Close() // nothing was written through it
	}
}

// shallow are the commits of a repository whose parents were left out.
func (s *store) shallow(folder string) ([]plumbing.Hash, error) {
	text, _, err := s.read(folder+"/shallow", maxShallowBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ids []plumbing.Hash
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); !isID(line) {
			return nil, errors.New("its list of shallow commits is damaged")
		}
		ids = append(ids, plumbing.NewHash(line))
	}
	return ids, nil
}

// setShallow writes the list after a fetch that cut some commits off and gave others their parents.
//
// A server names as cut, besides the commits that it sends, also ones that it does not, as they lie behind another cut, and
// ones that are here already with their parents. Only those that came count: of the others it would later take for granted
// that they are here, or the log would end where it does not.
func (s *store) setShallow(folder string, before []plumbing.Hash, r reply, came map[plumbing.Hash]int64) error {
	r.cut = slices.DeleteFunc(r.cut, func(id plumbing.Hash) bool { _, did := came[id]; return !did })
	if len(r.cut)+len(r.uncut) == 0 {
		return nil
	}
	uncut := make(map[plumbing.Hash]bool, len(r.uncut))
	for _, id := range r.uncut {
		uncut[id] = true
	}
	after := slices.DeleteFunc(slices.Concat(before, r.cut), func(id plumbing.Hash) bool { return uncut[id] })
	slices.SortFunc(after, func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	if after = slices.Compact(after); len(after) > maxShallow {
		return failure(TooLarge, remedyLimits, "the history is cut at more than %d commits", maxShallow)
	}
	return s.writeShallow(folder, after)
}

func (s *store) writeShallow(folder string, ids []plumbing.Hash) error {
	var text strings.Builder
	for _, id := range ids {
		text.WriteString(id.String() + "\n")
	}
	return s.write(folder+"/shallow", []byte(text.String()))
}

// restoreShallow takes setShallow back.
func (s *store) restoreShallow(folder string, before []plumbing.Hash) error {
	if len(before) > 0 {
		return s.writeShallow(folder, before)
	}
	if err := s.root.Remove(folder + "/shallow"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return localFailure(err)
	}
	return nil
}

// setHead moves a repository to a commit, in one step; to the name of a branch where there is no commit.
func (s *store) setHead(folder string, tip plumbing.Hash, branch string) error {
	text := tip.String()
	if tip.IsZero() {
		text = "ref: " + branch
	}
	return s.write(folder+"/HEAD", []byte(text+"\n"))
}

// setState makes a folder the one in use.
func (s *store) setState(now state, tip plumbing.Hash) error {
	text, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		return err
	}
	if err := s.write(stateFile, append(text, '\n')); err != nil {
		return err
	}
	s.state, s.tip = now, tip
	return nil
}

// succeeded notes when the server was last heard, as the time of a file, so that a pass without news writes nothing.
func (s *store) succeeded(at time.Time) error {
	if err := s.root.Chtimes(stateFile, at, at); err != nil {
		return localFailure(err)
	}
	s.at = at
	return nil
}
