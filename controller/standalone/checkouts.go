package standalone

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/controller/source"
	"github.com/remit-dev/remit/controller/source/catalog"
	"github.com/remit-dev/remit/controller/source/git"
)

// findCheckouts makes a source of each checkout that one of the paths lies in, once.
func findCheckouts(settings Settings) ([]engine.Observed, error) {
	var found []engine.Observed
	var roots []string
	for _, path := range settings.Checkouts {
		located, err := FindCheckout(path)
		if err != nil {
			return nil, err
		}
		root := located.Root()
		if slices.Contains(roots, root) {
			continue
		}
		roots = append(roots, root)
		// Objects of a manifest cannot have a name with a space in it.
		spec := v1alpha1.GitSource{Path: root, Tree: "worktree"}
		if _, err := os.Lstat(filepath.Join(root, ".git")); errors.Is(err, fs.ErrNotExist) {
			spec.Tree = "head" // a bare repository has no working tree
		}
		if settings.HistoryDays > 0 {
			spec.HistoryDays = &settings.HistoryDays
		}
		found = append(found, engine.Observed{
			Source: checkout{Source: git.New("checkout "+path, spec, ""), path: path, root: root},
			// Who names a checkout may have it edited, but it is theirs to commit.
			Discover: true, Mode: ownership.Propose, MaxStaleness: source.DefaultMaxStaleness,
		})
	}
	return found, nil
}

// checkout is a checkout that was given by its path.
type checkout struct {
	*git.Source
	// path is as it was given, root the folder of the checkout that it lies in, without a link in it.
	path, root string
}

// Observe observes the checkout. That it has no name but its folder's is no problem where nothing refers to it by name.
func (c checkout) Observe(ctx context.Context, now time.Time) ownership.Observation {
	observation := c.Source.Observe(ctx, now)
	unnamed := filepath.Join(c.root, ".git", "config")
	observation.Problems = slices.DeleteFunc(observation.Problems, func(problem ownership.Problem) bool {
		return problem.Warning && problem.File == unnamed
	})
	return observation
}

// standIn lets the checkouts that were given, the first of the sources, take the place of what the manifests'
// sources see, so that a change of one repository can be checked against a whole organisation before it is merged:
//
//	a source of the manifests sees this very folder    its facts there become those of the checkout, which takes the
//	                                                   name that the source gives it
//	a source sees a repository of the same name        its facts there become those of the checkout
//	neither                                            the checkout is a source of its own
//	a source of checkouts that cannot be read at all   a warning: where one repository is checked, the others'
//	                                                   checkouts are often not there
//
// What stands in belongs to the manifests' source, so that it decides what that source decides. What files of a catalog
// mean depends on those of other checkouts, so a catalog reads itself what stands in (standInCatalogs).
func standIn(sources []snapshot.Source, given int) []snapshot.Source {
	sources = slices.Clone(sources)
	places := roots(sources[given:])
	for i := given; i < len(sources); i++ {
		if ofCheckouts(sources[i].Kind) && sources[i].Observation.Unknown != "" {
			sources[i].Observation.Problems = warnings(sources[i].Observation.Problems)
		}
	}
	for i := range given {
		sources[i].Observation.Repositories = slices.DeleteFunc(
			slices.Clone(sources[i].Observation.Repositories), func(repository ownership.Repository) bool {
				if at, seen := places[repository.Root]; seen {
					for _, place := range at {
						place.put(sources[given:], repository)
					}
					return true
				}
				return replace(sources[given:], repository)
			})
	}
	return sources
}

// standInCatalogs has the catalogs of the manifests read the checkouts that were given in the place of the same repositories.
func standInCatalogs(sources []source.Declared, given []engine.Observed) {
	var roots []string
	for _, source := range given {
		if checkout, is := source.Source.(checkout); is {
			roots = append(roots, checkout.root)
		}
	}
	for _, source := range sources {
		made := source.Made
		if fetched, is := made.(cloned); is {
			made = fetched.Source
		}
		if catalog, is := made.(*catalog.Source); is {
			catalog.StandIn(roots)
		}
	}
}

// ofCheckouts says whether sources of a kind read checkouts on disk.
func ofCheckouts(kind ownership.SourceKind) bool {
	return kind == ownership.SourceGit || kind == ownership.SourceCatalog
}

// place is where a repository stands among those that sources see.
type place struct{ source, repository int }

// roots finds repositories by their folders on disk, without links in them.
func roots(sources []snapshot.Source) map[string][]place {
	found := map[string][]place{}
	for i, source := range sources {
		for j, repository := range source.Observation.Repositories {
			if root := git.WithoutLinks(repository.Root); root != "" {
				found[root] = append(found[root], place{i, j})
			}
		}
	}
	return found
}

// replace puts a repository in the place of the one of the same name in each source, and says whether there was any.
func replace(sources []snapshot.Source, by ownership.Repository) bool {
	replaced := false
	for i := range sources {
		at := slices.IndexFunc(sources[i].Observation.Repositories, func(r ownership.Repository) bool { return r.ID == by.ID })
		if at >= 0 {
			place{i, at}.put(sources, by)
			replaced = true
		}
	}
	return replaced
}

// put puts a repository there. It takes the name of the one that was there before.
func (p place) put(sources []snapshot.Source, by ownership.Repository) {
	observation := &sources[p.source].Observation
	by.ID = observation.Repositories[p.repository].ID
	for _, part := range []*ownership.Provenance{
		&by.Provenance, &by.Codeowners.Provenance, &by.Files.Provenance, &by.History.Provenance,
	} {
		part.Source = sources[p.source].Name
	}
	observation.Repositories = slices.Clone(observation.Repositories)
	observation.Repositories[p.repository] = by
	// What was wrong there was wrong with the one that is replaced.
	observation.Problems = slices.DeleteFunc(slices.Clone(observation.Problems),
		func(problem ownership.Problem) bool { return problem.Repository == by.ID })
}

func warnings(problems []ownership.Problem) []ownership.Problem {
	problems = slices.Clone(problems)
	for i := range problems {
		problems[i].Warning = true
	}
	return problems
}

// strangers warns of checkouts that were given and that nothing in the manifests is about, since most likely the
// manifests mean them by another name. sources are those given, after standIn has taken out what found its place.
// Where manifests have neither areas nor sources, they are policies for just these checkouts.
func (c *Checker) strangers(sources []snapshot.Source) []ownership.Problem {
	set := c.loaded.set
	if len(set.Areas) == 0 && len(set.Sources) == 0 {
		return nil
	}
	claimed := map[string]bool{}
	for _, area := range set.Areas {
		for _, repository := range area.Value.Spec.Scope.Repositories {
			claimed[strings.ToLower(repository.Name)] = true
		}
	}
	var problems []ownership.Problem
	for i, source := range sources {
		for _, repository := range source.Observation.Repositories {
			if claimed[repository.ID] {
				continue
			}
			given, _ := c.given[i].Source.(checkout)
			problems = append(problems, ownership.Problem{
				Location: ownership.Location{File: given.path}, Warning: true,
				Message: fmt.Sprintf("this checkout is called %s; no Area claims it, and no source of the manifests sees a repository of that name or folder",
					repository.ID),
				Remedy: "give it the origin remote of the repository that the manifests mean, or claim " + repository.ID + " in an Area",
			})
		}
	}
	return problems
}
