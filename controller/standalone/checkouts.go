package standalone

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/controller/source/git"
)

// findCheckouts makes a source of each checkout that one of the paths lies in, once.
func findCheckouts(settings Settings) ([]engine.Observed, error) {
	var found []engine.Observed
	var roots []string
	for _, path := range settings.Checkouts {
		located, err := git.Checkout(path)
		if err != nil {
			return nil, ownership.Problem{Message: err.Error(), Remedy: "name a folder in a git checkout"}
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
		found = append(found, engine.Observed{
			Source:   checkout{Source: git.New("checkout "+path, spec, ""), root: root},
			Discover: true, MaxStaleness: defaultMaxStaleness,
		})
	}
	return found, nil
}

// checkout is a checkout that was given by its path.
type checkout struct {
	*git.Source
	root string
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
//	the same repository in a source of the manifests   its facts there become those of the checkout
//	in none                                            the checkout is a source of its own
//	a git source that cannot be read at all            a warning: where one repository is checked, the others'
//	                                                   checkouts are often not there
//
// What stands in belongs to the manifests' source, so that it decides what that source decides.
func standIn(sources []snapshot.Source, given int) []snapshot.Source {
	sources = slices.Clone(sources)
	for i := given; i < len(sources); i++ {
		if sources[i].Kind == ownership.SourceGit && sources[i].Observation.Unknown != "" {
			sources[i].Observation.Problems = warnings(sources[i].Observation.Problems)
		}
	}
	for i := range given {
		sources[i].Observation.Repositories = slices.DeleteFunc(
			slices.Clone(sources[i].Observation.Repositories), func(repository ownership.Repository) bool {
				return replace(sources[given:], repository)
			})
	}
	return sources
}

// replace puts a repository in the place of the same one in each source, and says whether there was any.
func replace(sources []snapshot.Source, by ownership.Repository) bool {
	replaced := false
	for i := range sources {
		repositories := sources[i].Observation.Repositories
		at := slices.IndexFunc(repositories, func(r ownership.Repository) bool { return r.ID == by.ID })
		if at < 0 {
			continue
		}
		replaced = true
		stand := by
		for _, part := range []*ownership.Provenance{
			&stand.Provenance, &stand.Codeowners.Provenance, &stand.Files.Provenance, &stand.History.Provenance,
		} {
			part.Source = sources[i].Name
		}
		sources[i].Observation.Repositories = slices.Clone(repositories)
		sources[i].Observation.Repositories[at] = stand
		// What was wrong there was wrong with the one that is replaced.
		sources[i].Observation.Problems = slices.DeleteFunc(slices.Clone(sources[i].Observation.Problems),
			func(problem ownership.Problem) bool { return problem.Repository == by.ID })
	}
	return replaced
}

func warnings(problems []ownership.Problem) []ownership.Problem {
	problems = slices.Clone(problems)
	for i := range problems {
		problems[i].Warning = true
	}
	return problems
}
