package catalog

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
)

// Source observes the catalog files of one checkout, or of a folder of checkouts. It is safe for concurrent use.
type Source struct {
	name      string
	spec      v1alpha1.CatalogSource
	reader    *git.Reader
	selection selection

	mutex sync.Mutex
	// known is what each checkout gave when it was last read, by folder.
	known map[string]remembered
}

// remembered is what was read of a checkout at a commit; an empty commit stands for the working tree.
type remembered struct {
	head   string
	parsed parsed
}

// New makes a source of a specification. dir is the folder of the manifest, which a relative path starts from.
func New(name string, spec v1alpha1.CatalogSource, dir string) *Source {
	return newSource(name, spec, git.NewReader(name, "spec.catalog", v1alpha1.GitSource{
		Path: spec.Path, Organization: spec.Organization, Repository: spec.Repository, Tree: spec.Tree,
	}, dir))
}

// NewRemote makes a source of the repository at an address. The specification's path and name do not matter.
func NewRemote(name string, spec v1alpha1.CatalogSource, settings git.RemoteSettings) *Source {
	return newSource(name, spec, git.NewRemoteReader(name, "spec.catalog", settings))
}

func newSource(name string, spec v1alpha1.CatalogSource, reader *git.Reader) *Source {
	files := spec.Files
	if len(files) == 0 {
		files = []string{"catalog-info.yaml", "catalog-info.yml"}
	}
	formats := Formats(spec)
	return &Source{
		name: name, spec: spec, known: map[string]remembered{}, reader: reader,
		selection: selection{
			backstage: slices.Contains(formats, ownership.Backstage), prow: slices.Contains(formats, ownership.Prow),
			files: patterns(files), ignore: patterns(spec.Ignore),
		},
	}
}

// Formats are the formats that a specification asks for: Backstage's where it names none.
func Formats(spec v1alpha1.CatalogSource) []ownership.CatalogFormat {
	if len(spec.Formats) == 0 {
		return []ownership.CatalogFormat{ownership.Backstage}
	}
	formats := make([]ownership.CatalogFormat, len(spec.Formats))
	for i, format := range spec.Formats {
		formats[i] = ownership.CatalogFormat(format)
	}
	slices.Sort(formats)
	return formats
}

// Name is the name of the OwnershipSource.
func (s *Source) Name() string { return s.name }

// Kind is SourceCatalog.
func (s *Source) Kind() ownership.SourceKind { return ownership.SourceCatalog }

// Root is the checkout or folder that is observed.
func (s *Source) Root() string { return s.reader.Root() }

// StandIn has checkouts stand in for those that the source finds, as git.Reader.StandIn says.
func (s *Source) StandIn(roots []string) { s.reader.StandIn(roots) }

// PreferWorktree has the files on disk read wherever there are any, as git.Source.PreferWorktree says.
func (s *Source) PreferWorktree() { s.reader.PreferWorktree() }

// Observe reads the catalog files of every checkout. It always gives an observation: a file, or a checkout, that cannot
// be read is listed as unknown, and so is the whole where the path cannot be read. A checkout whose commit has not
// changed since the last look is not read again.
func (s *Source) Observe(ctx context.Context, now time.Time) ownership.Observation {
	o := ownership.Observation{Source: s.name, Kind: ownership.SourceCatalog, At: now, CatalogFormats: Formats(s.spec)}
	var mutex sync.Mutex
	heads, found := map[string]string{}, map[string]parsed{}
	reading := s.reader.Read(ctx, now, func(tree *git.Tree) error {
		read, err := s.read(ctx, tree)
		if err != nil {
			return err
		}
		mutex.Lock()
		defer mutex.Unlock()
		heads[tree.Root], found[tree.Root] = tree.Head, read
		return nil
	})
	o.Unknown, o.Problems, o.CatalogsUnknown = reading.Unknown, reading.Problems, reading.Unlisted
	resolver := newResolver(s.spec)
	for _, tree := range reading.Trees {
		if !tree.Known() {
			delete(found, tree.Root) // it may have been read before what stands in for it failed
		}
		for ref, account := range found[tree.Root].accounts {
			if _, taken := resolver.accounts[ref]; !taken {
				resolver.accounts[ref] = account
			}
		}
	}
	for _, tree := range reading.Trees {
		read := found[tree.Root]
		entities, problems := resolver.resolve(tree.Repository, read.entities)
		catalog := ownership.Catalog{
			Repository: tree.Repository, Root: s.shown(tree.Root), Head: heads[tree.Root], Provenance: tree.Provenance,
			Entities: entities, Owners: slices.Clone(read.owners), Unread: slices.Clone(read.unread),
		}
		s.stamp(&catalog, now)
		o.Catalogs = append(o.Catalogs, catalog)
		for _, problem := range slices.Concat(read.problems, problems) {
			problem.Repository = tree.Repository
			o.Problems = append(o.Problems, problem)
		}
	}
	o.Problems = append(o.Problems, settleDoubles(o.Catalogs)...)
	s.forget(reading.Roots)
	return o
}

// shown is the folder of a checkout; empty for what was fetched, which nobody can edit.
func (s *Source) shown(root string) string {
	if s.reader.Root() == "" {
		return ""
	}
	return root
}

// read reads a checkout, or recalls what it gave at the same commit.
func (s *Source) read(ctx context.Context, tree *git.Tree) (parsed, error) {
	s.mutex.Lock()
	earlier, known := s.known[tree.Root]
	s.mutex.Unlock()
	if known && !tree.OnDisk() && earlier.head == tree.Head {
		return earlier.parsed, nil
	}
	read, err := s.selection.read(ctx, tree)
	if err != nil {
		return parsed{}, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.known, tree.Root)
	if !read.failed || tree.OnDisk() {
		s.known[tree.Root] = remembered{tree.Head, read}
	}
	return read, nil
}

// stamp writes source and time into each fact.
func (s *Source) stamp(catalog *ownership.Catalog, now time.Time) {
	stamp := func(p *ownership.Provenance) { p.Source, p.At = s.name, now }
	stamp(&catalog.Provenance)
	for i := range catalog.Entities {
		stamp(&catalog.Entities[i].Provenance)
	}
	for i := range catalog.Owners {
		stamp(&catalog.Owners[i].Provenance)
	}
	for i := range catalog.Unread {
		stamp(&catalog.Unread[i].Provenance)
	}
}

// Watch gives the folders in which something changes when an observation would, as controller/source/git does; of a
// working tree those in which catalog files are now, and those above them.
func (s *Source) Watch() []string {
	return s.reader.Watch(func(root string) []string {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		return s.known[root].parsed.files
	})
}

// forget drops what is known of checkouts that are gone.
func (s *Source) forget(present []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for root := range s.known {
		if !slices.Contains(present, root) {
			delete(s.known, root)
		}
	}
}
