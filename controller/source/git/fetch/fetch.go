package fetch

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/internal/secret"
)

// maxPacks is how many packs are kept before the repository is fetched anew, since each makes reading slower.
const maxPacks = 50

// Credentials are what a server is asked with.
type Credentials struct {
	// Name is which credentials these are, such as the name of a Secret. Repositories are kept apart by it.
	Name string
	// Username goes with the token; empty means "git", which services take that look at the token alone.
	Username string
	Token    secret.Text
	// AllowedHosts are the hosts that may get the token: "git.acme.example", "git.acme.example:8443".
	AllowedHosts []string
}

func (c *Credentials) username() string {
	if c.Username == "" {
		return "git"
	}
	return c.Username
}

// Settings say what is fetched, and to where.
type Settings struct {
	// URL is the https address that the repository is cloned from.
	URL string
	// Branch is the branch that is fetched, such as "main"; empty means the one that the server's HEAD names.
	Branch string
	// Credentials are nil for public repositories.
	Credentials *Credentials
	// Folder is the cache. Each address has a folder in it.
	Folder string
	Limits Limits
	// HTTP says which private addresses may be asked; its credential and its bound on bytes are not used.
	HTTP safehttp.Options
}

// Fetcher keeps one branch of one repository on disk. It is safe for concurrent use, also by several processes.
type Fetcher struct {
	settings Settings
	address  *url.URL
	place    string
	// tooLarge is the last fetch that was over a limit; nil where none was.
	tooLarge atomic.Pointer[tooLarge]
}

// tooLarge is a commit that was over a limit, and when that was found out. What comes for it is not fetched again until
// the branch has moved, or a day has passed: the server may have packed it better, and the window of the log is another.
type tooLarge struct {
	tip     plumbing.Hash
	at      time.Time
	failure *Failure
}

func (t *tooLarge) holds(tip plumbing.Hash, now time.Time) bool {
	return t != nil && t.tip == tip && now.Before(t.at.Add(24*time.Hour)) && !now.Before(t.at)
}

// New makes a Fetcher. The error, a *Failure, says what is wrong with the address or the branch.
func New(settings Settings) (*Fetcher, error) {
	address, err := ParseURL(settings.URL)
	if err != nil {
		return nil, err
	}
	if settings.Branch != "" && plumbing.NewBranchReferenceName(settings.Branch).Validate() != nil {
		return nil, failure(Refused, "set it to the name of a branch, such as main", "%q is no name of a branch", settings.Branch)
	}
	settings.Limits = settings.Limits.orDefaults()
	name := ""
	if settings.Credentials != nil {
		name = settings.Credentials.Name + "\x00" + settings.Credentials.username()
	}
	return &Fetcher{settings: settings, address: address, place: placeOf(settings.Folder, address.String()+"\x00"+settings.Branch, name)}, nil
}

// ParseURL checks the address of a repository. What it refuses is not shown in the error where it may hold a secret.
//
//	https://git.acme.example/acme/shop.git     taken
//	http, ssh, git, file, git@host:path        refused: https only
//	https://user:token@host/...                refused: credentials come from a Secret
//	...?query, ...#fragment                    refused: no address of a repository has them
func ParseURL(text string) (*url.URL, error) {
	address, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, failure(Refused, remedyAddress, "the url is no address")
	case address.User != nil:
		return nil, failure(Refused, "take the user out of it, and give the token as a credential", "the url has a user or password in it, which everybody could read")
	case address.Scheme != "https":
		return nil, failure(Refused, remedyAddress, "the url does not begin with https://")
	case address.Hostname() == "" || strings.Trim(address.Path, "/") == "":
		return nil, failure(Refused, remedyAddress, "the url names no repository")
	case address.RawQuery != "" || address.ForceQuery || address.Fragment != "":
		return nil, failure(Refused, remedyAddress, "the url has a query or a fragment, which no repository's has")
	}
	address.Host = strings.ToLower(address.Host)
	address.Path, address.RawPath = strings.TrimRight(address.Path, "/"), strings.TrimRight(address.RawPath, "/")
	return address, nil
}

// URL is the address.
func (f *Fetcher) URL() string { return f.address.String() }

// Request says what a fetch is to bring.
type Request struct {
	// Now is the time, for the note of when the server was last heard.
	Now time.Time
	// Since is the start of the window of the log; zero means that only the commit itself is wanted.
	Since time.Time
	// Check is asked whether a commit in a bare repository can be read, before it takes the place of the one before. An error
	// that is no *Failure says that what was sent is damaged.
	Check func(folder string, tip plumbing.Hash) error
	// Damaged says why what is kept cannot be used; empty means that it can.
	Damaged string
}

// Kept is what is on disk.
type Kept struct {
	// Folder is the bare repository; empty where nothing is kept.
	Folder string
	// Branch is the branch that was fetched, as far as it is known.
	Branch string
	// At is when the server last said that this is what it has.
	At time.Time
	// Damaged says why what was kept before was fetched anew.
	Damaged string
	// Requests is how many requests were made.
	Requests int
}

// Fetch brings what is kept up to date. The error, a *Failure, says why that could not be done; what is kept is given all
// the same, and is that of before.
func (f *Fetcher) Fetch(ctx context.Context, request Request) (Kept, error) {
	ctx, cancel := context.WithTimeout(ctx, f.settings.Limits.Time)
	defer cancel()
	to := newServer(f.address, f.settings)
	defer to.close()
	kept, err := openStore(ctx, f.place, f.settings.Limits.Time)
	if err != nil {
		return Kept{}, to.understood(err)
	}
	defer kept.close()
	if request.Damaged != "" {
		kept.damaged = request.Damaged
	}
	run := &run{settings: f.settings, request: request, server: to, store: kept, wanted: plumbing.HEAD.String(), tooLarge: &f.tooLarge}
	if f.settings.Branch != "" {
		run.wanted = plumbing.NewBranchReferenceName(f.settings.Branch).String()
	}
	err = run.update(ctx)
	result := Kept{Branch: plumbing.ReferenceName(kept.state.Branch).Short(), At: kept.at, Requests: to.requests}
	if kept.state.Folder != "" {
		result.Folder = filepath.Join(f.place, kept.state.Folder)
	}
	if err != nil {
		return result, to.understood(err)
	}
	result.Damaged = kept.damaged
	return result, nil
}

// run is one fetch.
type run struct {
	settings Settings
	request  Request
	server   *server
	store    *store
	// wanted is the full name of the branch, or HEAD.
	wanted  string
	dialect dialect
	// used is what was received for what is being fetched now.
	used usage
	// tooLarge is the Fetcher's.
	tooLarge *atomic.Pointer[tooLarge]
}

// update compares the server's commit with the one that is kept.
//
//	server's commit                  kept                              done
//	the same                         reaches back far enough           nothing
//	another                          the same                          what is new
//	any                              nothing, damaged, too short, in   everything, into a folder of its own
//	                                 too many pieces, too large
//	none, and no other branch        any                               an empty repository
//	none, and others                 any                               nothing: it is a failure
//	one that was over a limit        any                               nothing: it is the same failure
func (r *run) update(ctx context.Context) error {
	found, err := r.ask(ctx)
	if err != nil {
		return err
	}
	if found.tip.IsZero() {
		return r.none(found)
	}
	usable := r.store.damaged == "" && r.store.state.Folder != "" && !r.store.tip.IsZero() && r.reachesBack()
	if usable && r.store.tip == found.tip {
		return r.store.succeeded(r.request.Now)
	}
	if before := r.tooLarge.Load(); before.holds(found.tip, r.request.Now) {
		return before.failure
	}
	if err := r.bring(ctx, found, usable); err != nil {
		known := r.server.understood(err)
		if known.Kind == TooLarge {
			r.tooLarge.Store(&tooLarge{tip: found.tip, at: r.request.Now, failure: known})
		}
		return known
	}
	return r.store.succeeded(r.request.Now)
}

// bring fetches what is not kept of the server's commit, which is another one than what is kept, if that is usable.
func (r *run) bring(ctx context.Context, found refs, usable bool) (err error) {
	switch s := r.store; {
	case !usable || s.state.Short:
		err = r.anew(ctx, found)
	case s.packBytes() > 2*r.settings.Limits.Pack: // a server that has news without end would fill the disk
		err = r.anew(ctx, found)
	case s.packs() >= maxPacks:
		if err = r.anew(ctx, found); err != nil && ctx.Err() == nil {
			err = r.further(ctx, found)
		}
	default:
		err = r.further(ctx, found)
		var known *Failure
		if errors.As(err, &known) && (known.Kind == TooLarge || known.Kind == Damaged) && ctx.Err() == nil {
			// A branch that was written anew may reach back beyond where the history is cut.
			err = r.anew(ctx, found)
		}
	}
	return err
}

// ask finds out the server's commit: in one request where it is known what the server speaks.
func (r *run) ask(ctx context.Context) (refs, error) {
	if before := r.store.state; before.Version == 2 && before.Folder != "" {
		r.dialect = dialect{version: 2, abilities: before.Abilities}
		at := *r.server.address
		if path, err := url.PathUnescape(before.Path); err == nil && path != "" {
			at.Path, at.RawPath = path, before.Path
		}
		r.server.at = &at
		found, err := r.server.list(ctx, r.dialect, r.wanted)
		var known *Failure
		if !errors.Is(err, errMoved) && !(errors.As(err, &known) && (known.Kind == NotGit || known.Kind == NoAccess)) {
			return found, err
		}
	}
	var found refs
	var err error
	if r.dialect, found, err = r.server.discover(ctx, r.wanted); err != nil {
		return refs{}, err
	}
	if r.dialect.version == 2 {
		return r.server.list(ctx, r.dialect, r.wanted)
	}
	return found, nil
}

// none is for a repository without the commit that was looked for.
func (r *run) none(found refs) error {
	switch {
	case r.wanted != plumbing.HEAD.String():
		return failure(NoBranch, "set it to a branch that there is", "the repository has no branch %s", plumbing.ReferenceName(r.wanted).Short())
	case found.others:
		return failure(NoBranch, "set the default branch on the server, or name a branch here", "the repository has branches, but its HEAD names none of them")
	case r.store.state.Folder != "" && r.store.tip.IsZero() && r.store.damaged == "":
		return r.store.succeeded(r.request.Now)
	}
	folder, err := r.store.newGeneration(r.server.address.String())
	if err != nil {
		return err
	}
	branch := branchName(found.head)
	if branch == "" {
		branch = "refs/heads/main"
	}
	if err := r.store.setHead(folder, plumbing.ZeroHash, branch); err != nil {
		return err
	}
	if err := r.store.setState(r.newState(folder, branch), plumbing.ZeroHash); err != nil {
		return err
	}
	return r.store.succeeded(r.request.Now)
}

// branchName is the name of a branch that a server gave; empty where it is none.
func branchName(name string) string {
	if ref := plumbing.ReferenceName(name); ref.IsBranch() && ref.Validate() == nil {
		return name
	}
	return ""
}

func (r *run) newState(folder, branch string) state {
	now := state{URL: r.server.address.String(), Folder: folder, Branch: r.harmless(branchName(branch)), Wanted: r.wanted, Version: r.dialect.version}
	if !r.request.Since.IsZero() {
		now.Since = r.request.Since.Unix()
	}
	if path := r.server.at.EscapedPath(); path != r.server.address.EscapedPath() {
		now.Path = r.harmless(path)
	}
	if now.Version == 2 {
		now.Abilities = map[string]string{}
		for command, ability := range map[string]string{"ls-refs": "unborn", "fetch": "shallow"} {
			if r.dialect.can(command, ability) {
				now.Abilities[command] = ability
			}
		}
		if _, named := r.dialect.abilities["object-format"]; named {
			now.Abilities["object-format"] = "sha1"
		}
	}
	return now
}

// harmless is a text of the server's that may be kept: none that repeats the credential, and none that is no path or name
// by its length.
func (r *run) harmless(text string) string {
	if r.server.redact(text) != text || len(text) > 4096 {
		return ""
	}
	return text
}

// reachesBack says whether what is kept has the log that is wanted. The window moves on with the time, and what is kept
// does not get shorter.
func (r *run) reachesBack() bool {
	before := r.store.state
	if r.request.Since.IsZero() {
		return true
	}
	if cut, err := r.store.shallow(before.Folder); err != nil || len(cut) == 0 {
		return err == nil
	}
	const slack = 24 * 60 * 60 // clocks are set, and days have 23 hours
	return before.Since != 0 && before.Since <= r.request.Since.Unix()+slack
}

func (r *run) check(folder string, tip plumbing.Hash) error {
	if r.request.Check == nil {
		return nil
	}
	if err := r.request.Check(filepath.Join(r.store.root.Name(), folder), tip); err != nil {
		var itself *Failure
		if errors.As(err, &itself) {
			return itself
		}
		known := failure(Damaged, remedyDamaged, "what the server sent cannot be read: %s", plain(err.Error()))
		known.Cause = err
		return known
	}
	return nil
}

// further fetches what is new since the commit that is kept.
func (r *run) further(ctx context.Context, found refs) error {
	folder := r.store.state.Folder
	cut, err := r.store.shallow(folder)
	if err != nil {
		return failure(Damaged, remedyDamaged, "%v", err)
	}
	w := wish{want: found.tip, haves: []plumbing.Hash{r.store.tip}, shallow: cut}
	if one := (depth{commits: 1}); r.store.state.Since == 0 && len(cut) > 0 && one.possible(r.dialect) {
		w.depth = one
	}
	r.used = usage{}
	added, _, err := r.transfer(ctx, w, folder)
	if err != nil {
		return err
	}
	if err := r.check(folder, found.tip); err != nil {
		r.store.removePack(folder, added)
		return errors.Join(err, r.store.restoreShallow(folder, cut))
	}
	if err := r.store.setHead(folder, found.tip, ""); err != nil {
		return err
	}
	r.store.tip = found.tip
	if now := r.store.state; now.Branch != r.harmless(branchName(found.branch)) || now.Version != r.dialect.version {
		next := r.newState(folder, found.branch)
		next.Since = now.Since
		return r.store.setState(next, found.tip)
	}
	return nil
}

// anew fetches everything into a folder of its own, which then takes the place of the one before.
func (r *run) anew(ctx context.Context, found refs) error {
	folder, err := r.store.newGeneration(r.server.address.String())
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			_ = r.store.root.RemoveAll(folder) // the next fetch sweeps what is left
		}
	}()
	r.used = usage{}
	short, err := r.transferWindow(ctx, found.tip, folder)
	if err != nil {
		return err
	}
	if err := r.check(folder, found.tip); err != nil {
		return err
	}
	if err := r.store.setHead(folder, found.tip, ""); err != nil {
		return err
	}
	next := r.newState(folder, found.branch)
	next.Short = short
	if err := r.store.setState(next, found.tip); err != nil {
		return err
	}
	done = true
	return nil
}
