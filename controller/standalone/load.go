package standalone

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/policies"
)

// maxFingerprinted bounds how many files are looked at for changes; where there are more, every check reads all again.
const maxFingerprinted = 100_000

// loaded is what the manifests say.
type loaded struct {
	// fingerprint stands for the files that were read; empty where it is not known.
	fingerprint string
	set         *manifest.Set
	policies    *engine.Policies
	problems    []ownership.Problem
	// folders are to be watched.
	folders []string
}

// load reads the manifests and compiles their policies, unless nothing has changed since the last time.
func (c *Checker) load() error {
	if c.settings.Manifests == "" {
		if c.loaded.set == nil {
			c.loaded = compile(&manifest.Set{}, nil, bareDefault())
		}
		return nil
	}
	fingerprint := fingerprint(c.settings.Manifests)
	if fingerprint != "" && fingerprint == c.loaded.fingerprint {
		return nil
	}
	const remedy = "name a folder of manifests with --manifests DIR"
	info, err := os.Stat(c.settings.Manifests)
	if err != nil {
		return ownership.Problem{Message: Plainly(c.settings.Manifests, err), Remedy: remedy}
	}
	set, problems, err := c.loader.Load(c.settings.Manifests)
	if err != nil {
		return ownership.Problem{Message: err.Error(), Remedy: remedy}
	}
	if isEmpty(set) && !slices.ContainsFunc(problems, func(problem ownership.Problem) bool { return !problem.Warning }) {
		return ownership.Problem{
			Message: "there is no manifest in " + c.settings.Manifests + ": no document in it has an apiVersion of remit.dev", Remedy: remedy,
		}
	}
	problems = append(problems, c.pointless(set, info.IsDir())...)
	set, problems = withGrants(set, problems)
	c.loaded = compile(set, problems, policies.Names())
	c.loaded.fingerprint = fingerprint
	c.declared = declare(set, c.declared, c.clones)
	standInCatalogs(c.declared, c.given)
	if c.settings.onDisk {
		preferWorktrees(c.declared)
	}
	return nil
}

// withGrants applies the grants of the manifests as a cluster would, where there are any: without, whoever may write the files may
// claim anything. The labels of namespaces are not known here.
func withGrants(set *manifest.Set, problems []ownership.Problem) (*manifest.Set, []ownership.Problem) {
	if !grant.Declared(set) {
		return set, problems
	}
	granted := grant.Apply(set, grant.Input{OwnNamespace: grant.OwnNamespace})
	return granted.Set, append(problems, granted.Problems...)
}

// isEmpty says that nothing was declared at all, not even with an error.
func isEmpty(set *manifest.Set) bool {
	return len(set.Areas)+len(set.RoleAssignments)+len(set.Teams)+len(set.Policies)+len(set.Sources)+len(set.Invalid) == 0 && set.Roles == nil
}

// pointless warns of manifests by which little can be judged:
//
//	no Area, and nothing that makes areas      a check of nothing passes
//	one file, with areas and without a source  sources in the files beside it are not read
//
// Checkouts that were given make areas, and are sources.
func (c *Checker) pointless(set *manifest.Set, isFolder bool) []ownership.Problem {
	if len(c.given) > 0 {
		return nil
	}
	discovers := slices.ContainsFunc(set.Sources, func(source manifest.Object[v1alpha1.OwnershipSource]) bool {
		return source.Value.Spec.Git != nil && source.Value.Spec.Git.Discover
	})
	problem := ownership.Problem{Location: ownership.Location{File: c.settings.Manifests}, Warning: true}
	switch {
	case len(set.Areas) == 0 && len(set.Invalid) == 0 && len(set.Lost) == 0 && !discovers:
		problem.Message = "the manifests declare no Area, and no source discovers any, so there is nothing to judge"
		problem.Remedy = "declare an Area, or set spec.git.discover of an OwnershipSource to true"
	case !isFolder && len(set.Areas) > 0 && len(set.Sources) == 0 && set.Invalid["OwnershipSource"] == 0:
		problem.Message = "this file alone is read, and it has no OwnershipSource, so nothing is observed"
		problem.Remedy = "give the folder that it lies in, with --manifests " + filepath.Dir(c.settings.Manifests)
	default:
		return nil
	}
	return []ownership.Problem{problem}
}

// bareDefault are the policies for a checkout without manifests: the others ask for people and declarations.
func bareDefault() []string { return []string{"codeowners-hygiene"} }

func compile(set *manifest.Set, problems []ownership.Problem, byDefault []string) loaded {
	compiled, refused := engine.CompilePolicies(engine.PolicyInput{Manifests: set, Default: byDefault})
	return loaded{set: set, policies: compiled, problems: slices.Concat(problems, refused), folders: set.Folders}
}

// fingerprint sums up names, sizes and times of all files that manifests could be made of, those which they name
// included: files below the folder, but nothing below folders whose name begins with a dot. It follows links, since a
// mounted ConfigMap is made of links. It is empty where it cannot tell.
func fingerprint(manifests string) string {
	folder := manifests
	if info, err := os.Stat(manifests); err != nil {
		return ""
	} else if !info.IsDir() {
		folder = filepath.Dir(manifests)
	}
	sum, files := sha256.New(), 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != folder && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if files++; files > maxFingerprinted {
			return fmt.Errorf("more than %d files", maxFingerprinted)
		}
		info, err := os.Stat(path)
		if err != nil { // a link to nothing: that it is one may change
			_, err = fmt.Fprintf(sum, "%q broken\n", path)
			return err
		}
		_, err = fmt.Fprintf(sum, "%q %d %d %v\n", path, info.Size(), info.ModTime().UnixNano(), info.Mode())
		return err
	})
	if err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// forget drops what was kept of the manifests, so that the next check reads them anew.
func (c *Checker) forget() {
	c.loaded.fingerprint = ""
	c.declared = nil
}
