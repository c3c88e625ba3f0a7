package git

import (
	"path/filepath"
	"testing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// What is on disk counts where there is a working tree, and the commit elsewhere.
func TestPreferWorktree(t *testing.T) {
	for _, bare := range []bool{false, true} {
		f := newFixture(t, filepath.Join(t.TempDir(), "shop"), bare)
		f.commit(daysAgo(1), "ann@acme.example", tree{"CODEOWNERS": "* @committed\n"})
		want := "* @committed\n"
		if !bare {
			f.reset()
			f.write("CODEOWNERS", "* @edited\n")
			want = "* @edited\n"
		}
		for _, spec := range []string{"", treeHead} {
			source := New("checkouts", v1alpha1.GitSource{Path: f.dir, Tree: spec, Repository: "acme/shop"}, "")
			source.PreferWorktree()
			r := source.Observe(t.Context(), now).Repositories[0]
			if got := string(r.Codeowners.Text); got != want || !r.Files.Known() {
				t.Errorf("bare %v, tree %q: CODEOWNERS is %q, files %q", bare, spec, got, r.Files.Unknown)
			}
		}
	}
}
