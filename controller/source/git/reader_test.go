package git

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

func TestReader(t *testing.T) {
	yaml := func(path string) bool { return strings.HasSuffix(path, ".yaml") }
	files := tree{"a.yaml": "committed", "b/c.yaml": "-> ../a.yaml", "d.go": "package d"}
	cases := map[string]struct {
		reason string
		tree   string
		onDisk map[string]string
		want   map[string]string
		paths  []string
	}{
		"Head": {
			reason: "the files of the commit, whatever is on disk", tree: "head", onDisk: map[string]string{"a.yaml": "edited", "new.yaml": "new"},
			want: map[string]string{"a.yaml": "committed", "b/c.yaml": ErrLink.Error()}, paths: []string{"a.yaml", "b/c.yaml", "d.go"},
		},
		"Worktree": {
			reason: "the files on disk", tree: "worktree", onDisk: map[string]string{"a.yaml": "edited", "new.yaml": "new"},
			want: map[string]string{"a.yaml": "edited", "new.yaml": "new"}, paths: []string{"a.yaml", "new.yaml"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := checkout(t, files)
			for path, text := range tc.onDisk {
				must(t, os.WriteFile(filepath.Join(f.dir, path), []byte(text), 0o600))
			}
			got, paths := map[string]string{}, []string(nil)
			reader := NewReader("catalog", "spec.catalog", v1alpha1.GitSource{Path: f.dir, Organization: "acme", Tree: tc.tree}, "")
			reading := reader.Read(t.Context(), now, func(tree *Tree) (err error) {
				if paths, err = tree.Files(t.Context(), yaml); err != nil {
					return err
				}
				for _, path := range paths {
					text, err := tree.Text(path, 100)
					if yaml(path) {
						got[path] = string(text)
						if err != nil {
							got[path] = err.Error()
						}
					} else if err == nil {
						t.Errorf("%s: read, though it was not wanted", path)
					}
				}
				return nil
			})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: texts (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.paths, paths); diff != "" {
				t.Errorf("%s: paths (-want +got):\n%s", tc.reason, diff)
			}
			if len(reading.Trees) != 1 || reading.Trees[0].Repository != "acme/shop" || !reading.Trees[0].Known() {
				t.Errorf("%s: read %+v", tc.reason, reading)
			}
		})
	}
}

// What goes wrong in one checkout is that one's; the specification's problems name the reader's own fields.
func TestReaderFailures(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"broken", "panics", "sound"} {
		f := newFixture(t, filepath.Join(dir, name), false)
		f.commit(daysAgo(1), "ann@acme.example", tree{"a.yaml": name})
	}
	reader := NewReader("catalog", "spec.catalog", v1alpha1.GitSource{Path: dir, Organization: "acme"}, "")
	reading := reader.Read(t.Context(), now, func(tree *Tree) error {
		switch tree.Repository {
		case "acme/broken":
			return errors.New("out of order")
		case "acme/panics":
			panic("ouch")
		}
		return nil
	})
	var unknown []string
	for _, tree := range reading.Trees {
		if !tree.Known() {
			unknown = append(unknown, tree.Repository)
		}
	}
	if !slices.Equal(unknown, []string{"acme/broken", "acme/panics"}) || len(reading.Trees) != 3 {
		t.Errorf("unknown are %v of %+v", unknown, reading.Trees)
	}
	reading = NewReader("catalog", "spec.catalog", v1alpha1.GitSource{Path: filepath.Join(dir, "none")}, "").Read(t.Context(), now, nil)
	if reading.Unknown == "" || len(reading.Problems) != 1 || reading.Problems[0].Field != "spec.catalog.path" {
		t.Errorf("a path that is not there gave %+v", reading)
	}
}
