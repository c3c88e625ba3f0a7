package git

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

// RemoteSettings say which repository is fetched, and how it is read.
type RemoteSettings struct {
	fetch.Settings
	// Organization replaces the first part of the repository's name, "organisation/name", Repository all of it. The name
	// is otherwise made of the last two parts of the URL.
	Organization, Repository string
	// HistoryDays is how far back the commit log is read; nil means 180, and 0 that it is not.
	HistoryDays *int32
	// Turns bounds how many repositories are fetched at a time, where several sources share it: a fetch waits until it can
	// send to it. Nil means no bound.
	Turns chan struct{}
}

// Remote observes one repository at an https address. It is safe for concurrent use.
type Remote struct {
	name string
	// field is where the specification stands in a manifest, "spec.git" or "spec.catalog".
	field    string
	settings RemoteSettings
	id       string
	fetcher  *fetch.Fetcher
	// wrong says why the settings are of no use; nil where they are.
	wrong *fetch.Failure

	mutex sync.Mutex
	// source reads what was fetched, where it lies now.
	source *Source
	// hopeless is a folder that was fetched anew, and could not be read all the same: the server's own copy is damaged.
	hopeless string
}

// NewRemote makes a source of the repository at an address. Settings that are wrong show when it is observed.
func NewRemote(name string, settings RemoteSettings) *Remote {
	r := &Remote{name: name, field: "spec.git", settings: settings}
	var err error
	if r.fetcher, err = fetch.New(settings.Settings); err != nil {
		r.wrong = asFailure(err)
		return r
	}
	if r.id = RemoteName(settings.URL, settings.Organization, settings.Repository); r.id == "" {
		r.wrong = &fetch.Failure{
			Kind: fetch.Refused, Reason: "the url names no organisation and repository, which are the last two parts of most", Remedy: "set repository to organisation/name",
		}
	}
	return r
}

// RemoteName is the name of the repository at an address, "organisation/name" in lower case; empty where it has none.
//
//	repository is set       that
//	organization is set     ORGANIZATION/last part of the URL
//	neither                 the last two parts of the URL, as of a checkout's origin
func RemoteName(address, organization, repository string) string {
	if repository != "" {
		return strings.ToLower(repository)
	}
	id := remoteID(address)
	if organization == "" {
		return id
	}
	name := ""
	if parsed, err := url.Parse(address); err == nil {
		path := strings.Trim(strings.ToLower(parsed.Path), "/")
		name = strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".git")
	}
	if !nameSegment.MatchString(name) {
		return ""
	}
	return strings.ToLower(organization) + "/" + name
}

// asFailure gives the failure that an error of fetching always is.
func asFailure(err error) *fetch.Failure {
	var known *fetch.Failure
	if errors.As(err, &known) {
		return known
	}
	return &fetch.Failure{Kind: fetch.Local, Reason: err.Error(), Remedy: "report this as a fault of Remit", Cause: err}
}

// Name is the name of the OwnershipSource.
func (r *Remote) Name() string { return r.name }

// Kind is SourceGit.
func (r *Remote) Kind() ownership.SourceKind { return ownership.SourceGit }

// Repository is the name of the repository; empty where the settings give none.
func (r *Remote) Repository() string { return r.id }

// Watch is nothing: what happens on a server is not seen here.
func (r *Remote) Watch() []string { return nil }

// Observe brings what is kept of the repository up to date, and reads it.
//
//	fetched        kept from before    observation
//	yes            any                 read, as of now
//	no             yes                 unknown, with what was read as of when the server was last heard, to stand in
//	no             no                  unknown
func (r *Remote) Observe(ctx context.Context, now time.Time) ownership.Observation {
	o := ownership.Observation{Source: r.name, Kind: ownership.SourceGit, At: now}
	since := r.since(now)
	kept, failed := r.fetch(ctx, now, since, "")
	if failed != nil {
		o.Unknown, o.Problems = failed.Reason, []ownership.Problem{r.problem(failed)}
	}
	if kept.Folder == "" {
		return o
	}
	seen := r.read(ctx, kept, now)
	if why := seen.damage(); why != "" && failed == nil && r.worthAnother(kept.Folder) && ctx.Err() == nil {
		if kept, failed = r.fetch(ctx, now, since, why); failed != nil {
			o.Unknown, o.Problems = failed.Reason, []ownership.Problem{r.problem(failed)}
			return o
		}
		if seen = r.read(ctx, kept, now); seen.damage() != "" {
			r.giveUp(kept.Folder)
		}
	}
	if kept.Damaged != "" {
		o.Problems = append(o.Problems, ownership.Problem{
			Location: ownership.Location{Repository: r.id, File: r.fetcher.URL()}, Warning: true,
			Message: "what was kept of the repository could not be read, so it was fetched anew: " + kept.Damaged,
			Remedy:  "if this comes again, look after the disk that the cache folder is on",
		})
	}
	o.AllRepositories = seen.complete
	o.Problems = append(o.Problems, r.ownProblems(seen.problems, kept.Folder)...)
	for _, look := range seen.looks {
		repository := look.repository
		repository.Root = "" // there is no checkout that could be edited
		repository.Provenance.Location = r.fetcher.URL()
		repository.History.Location = "log of " + r.fetcher.URL()
		o.Repositories = append(o.Repositories, repository)
	}
	return o
}

// since is the start of the window of the log; zero where it is not read.
func (r *Remote) since(now time.Time) time.Time {
	start, wanted := (&Source{spec: v1alpha1.GitSource{HistoryDays: r.settings.HistoryDays}}).historyStart(now)
	if !wanted {
		return time.Time{}
	}
	return start
}

// fetch brings the repository up to date when it is its turn.
func (r *Remote) fetch(ctx context.Context, now, since time.Time, damaged string) (fetch.Kept, *fetch.Failure) {
	if r.wrong != nil {
		return fetch.Kept{}, r.wrong
	}
	if turns := r.settings.Turns; turns != nil {
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
		case <-ctx.Done():
			return fetch.Kept{}, &fetch.Failure{
				Kind: fetch.TooSlow, Reason: "other repositories took too long to be fetched", Remedy: "set a longer interval, or see which of them are slow", Cause: ctx.Err(),
			}
		}
	}
	kept, err := r.fetcher.Fetch(ctx, fetch.Request{Now: now, Since: since, Damaged: damaged, Check: func(folder string, tip plumbing.Hash) error {
		return whole(ctx, folder, tip)
	}})
	if err != nil {
		return kept, asFailure(err)
	}
	return kept, nil
}

// read reads what was fetched, as of when that was.
func (r *Remote) read(ctx context.Context, kept fetch.Kept, now time.Time) looks {
	source := r.sourceAt(kept.Folder)
	return source.lookAtAll(kept.At, func(opened *repository, l *look) { source.read(ctx, opened, l, now) })
}

// sourceAt is the source that reads a folder; it remembers what it has read of it.
func (r *Remote) sourceAt(folder string) *Source {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.source == nil || r.source.path != folder {
		r.source = New(r.name, v1alpha1.GitSource{Path: folder, Repository: r.id, HistoryDays: r.settings.HistoryDays}, "")
		r.source.field, r.source.fetched = r.field, true
	}
	return r.source
}

// worthAnother says that fetching a damaged folder anew has not been tried.
func (r *Remote) worthAnother(folder string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.hopeless != folder
}

func (r *Remote) giveUp(folder string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.hopeless = folder
}

// damage says why something could not be read that was fetched; empty where all could be.
func (l looks) damage() string {
	if l.unknown != "" {
		return l.unknown
	}
	for _, look := range l.looks {
		if !look.failed {
			continue
		}
		for _, part := range look.parts() {
			if part.Unknown != "" {
				return part.Unknown
			}
		}
	}
	return ""
}

// problem shows a failure where the address stands.
func (r *Remote) problem(failed *fetch.Failure) ownership.Problem {
	return ownership.Problem{
		Location: ownership.Location{Repository: r.id, File: r.settings.shown()}, Field: r.field + ".url",
		Reason: reasons[failed.Kind], Message: failed.Reason, Remedy: failed.Remedy,
	}
}

// reasons are the words for programs.
var reasons = map[fetch.Kind]string{
	fetch.Refused: "AddressRefused", fetch.NoAccess: "NoAccess", fetch.Unreachable: "Unreachable", fetch.NotGit: "NotAGitServer",
	fetch.Unsupported: "Unsupported", fetch.TooLarge: "TooLarge", fetch.TooSlow: "TooSlow", fetch.Damaged: "Damaged", fetch.NoBranch: "NoBranch",
	fetch.Local: "CacheUnwritable",
}

// shown is the address, unless it is one that may hold a secret.
func (s RemoteSettings) shown() string {
	if address, err := fetch.ParseURL(s.URL); err == nil {
		return address.String()
	}
	return ""
}

// ownProblems has problems with what was fetched speak of the address, and not of a folder that nobody has made.
func (r *Remote) ownProblems(problems []ownership.Problem, folder string) []ownership.Problem {
	problems = slices.Clone(problems)
	for i := range problems {
		p := &problems[i]
		if p.Location.File == folder {
			p.Location.File = r.fetcher.URL()
		}
		if !p.Warning {
			p.Remedy = "it is fetched again at the next interval; if that does not help, run git fsck on the server"
		}
	}
	return problems
}

// whole says whether a commit can be read with all its folders, and has all its files.
func whole(ctx context.Context, folder string, tip plumbing.Hash) (err error) {
	defer func() {
		if reason := recover(); reason != nil { // the library's, on what it does not expect
			err = fmt.Errorf("reading it failed: %v", reason)
		}
	}()
	place, err := findLayout(folder)
	if err != nil {
		return err
	}
	r, err := openRepository(place)
	if err != nil {
		return err
	}
	defer r.close()
	commit, err := r.commit(tip)
	if err != nil {
		return err
	}
	files := 0
	return tooLarge(r.walkTree(ctx, commit.TreeHash, func(path []byte, entry treeEntry) error {
		if files++; files > maxFiles {
			return errManyFiles
		}
		if r.stores[0].HasEncodedObject(entry.id) != nil {
			return fmt.Errorf("the file %q is missing", path)
		}
		return nil
	}))
}

// tooLarge says of what is beyond the bounds of a tree that nothing is wrong with it otherwise: the server has it like that.
func tooLarge(err error) error {
	for _, bound := range []error{errManyFiles, errManyEntries, errLongPath} {
		if errors.Is(err, bound) {
			return &fetch.Failure{Kind: fetch.TooLarge, Reason: err.Error(), Remedy: "observe the parts of the repository that can be listed in one of their own", Cause: err}
		}
	}
	return err
}
