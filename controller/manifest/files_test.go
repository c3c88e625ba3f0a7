package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, dir, target, name string) {
	t.Helper()
	if err := os.Symlink(filepath.FromSlash(target), filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Skip("no symbolic links here:", err)
	}
}

func area(name string) string { return strings.Replace(goodArea, "good", name, 1) }

func TestFolder(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "secret.yaml", area("outside"))
	dir := t.TempDir()
	write(t, dir, "b.yaml", area("b"))
	write(t, dir, "a/z.yml", area("z"))
	write(t, dir, "a/c.JSON", `{"apiVersion": "remit.dev/v1alpha1", "kind": "Area", "metadata": {"name": "c"}, "spec": {}}`)
	write(t, dir, ".git/x.yaml", area("hidden"))
	write(t, dir, ".hidden.yaml", area("hidden"))
	write(t, dir, "README.md", "not a manifest")
	write(t, dir, "policy.rego", "package x")
	write(t, dir, "..data/mounted.yaml", area("mounted"))
	write(t, dir, "large.yaml", strings.Repeat("#", maxFileBytes+1))
	link(t, dir, "..data/mounted.yaml", "mounted.yaml")
	link(t, dir, "b.yaml", "same-as-b.yaml")
	link(t, dir, filepath.Join(outside, "secret.yaml"), "out.yaml")
	link(t, dir, "nowhere.yaml", "dangling.yaml")
	link(t, dir, outside, "folder-out")
	link(t, dir, "a", "folder-in")

	set, problems, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var areas, files, folders, texts []string
	for _, object := range set.Areas {
		areas = append(areas, object.Value.Name)
	}
	for _, file := range set.Files {
		files = append(files, strings.TrimPrefix(file, dir+"/"))
	}
	for _, folder := range set.Folders {
		folders = append(folders, strings.TrimPrefix(folder, dir))
	}
	for _, problem := range problems {
		texts = append(texts, strings.TrimPrefix(problem.Error(), dir+"/"))
	}
	want := [][]string{
		{"c", "z", "b", "mounted"},
		{"a/c.JSON", "a/z.yml", "b.yaml", "large.yaml", "mounted.yaml"},
		{"", "/a"},
		{
			"dangling.yaml: the link leads out of the folder of the manifests, or to nothing; replace the link with the file",
			"folder-in: a link to a folder is not followed; move the manifests here, or give that folder",
			"large.yaml: larger than 4 MiB; nothing of it was read; split the file",
			"out.yaml: the link leads out of the folder of the manifests, or to nothing; replace the link with the file",
		},
	}
	if diff := cmp.Diff(want, [][]string{areas, files, folders, texts}, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("areas, files, folders, problems (-want +got):\n%s", diff)
	}
}

func TestSingleFileAndMissingFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "one.txt", area("one"))
	write(t, dir, "two.yaml", area("two"))
	set, problems, err := Load(filepath.Join(dir, "one.txt"))
	if err != nil || len(problems) > 0 || len(set.Areas) != 1 || set.Areas[0].Value.Name != "one" {
		t.Errorf("a file given by name is read whatever its ending: %v %v", problems, err)
	}
	if _, _, err := Load(filepath.Join(dir, "missing")); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a folder that is not there: want an error that names it, got %v", err)
	}
}

func TestUnreadableFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "b.yaml", area("b"))
	if err := os.Symlink("a.yaml", filepath.Join(dir, "a.yaml")); err != nil { // a link to itself: not even root reads it
		t.Fatal(err)
	}
	set, problems, err := Load(dir)
	if err != nil || len(set.Areas) != 1 || len(problems) != 1 {
		t.Errorf("want the other file and one problem, got %v %v", problems, err)
	}
}

func TestReadBeside(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "secret.rego", "package secret")
	dir := t.TempDir()
	write(t, dir, "policies/p.yaml", manifestOf("ResponsibilityPolicy", "p", "{regoFile: p.rego}"))
	write(t, dir, "policies/p.rego", "package p")
	write(t, dir, "shared.rego", "package shared")
	write(t, dir, "large.rego", strings.Repeat("#", maxBesideBytes+1))
	link(t, dir, filepath.Join(outside, "secret.rego"), "policies/link.rego")
	link(t, dir, "../shared.rego", "policies/inside.rego")
	set, problems, err := Load(dir)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	cases := map[string]struct {
		reason, path, want, err string
	}{
		"Beside":     {reason: "relative to the manifest's folder", path: "p.rego", want: "package p"},
		"Above":      {reason: "still in the folder of the manifests", path: "../shared.rego", want: "package shared"},
		"InsideLink": {reason: "a link that stays inside", path: "inside.rego", want: "package shared"},
		"Outside":    {reason: "out by dots", path: "../../" + filepath.Base(outside) + "/secret.rego", err: "leaves the folder"},
		"Absolute":   {reason: "out by an absolute path", path: filepath.Join(outside, "secret.rego"), err: "leaves the folder"},
		"Link":       {reason: "out by a link", path: "link.rego", err: "leads out of the folder of the manifests"},
		"Missing":    {reason: "not there", path: "q.rego", err: "does not exist"},
		"Folder":     {reason: "not a file", path: "../policies", err: "not a regular file"},
		"Large":      {reason: "bounded", path: "../large.rego", err: "larger than 1 MiB"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text, err := ReadBeside(set.Policies[0], c.path)
			if string(text) != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: got %q, %v", c.reason, text, err)
			}
		})
	}
	if got, want := Beside(set.Policies[0], "../shared.rego"), filepath.Join(dir, "shared.rego"); got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

// A Loader that loads again gives the same as a new one, whatever changed in between.
func TestLoadAgain(t *testing.T) {
	dir := t.TempDir()
	loader := newLoader(t)
	steps := []func(){
		func() { write(t, dir, "a.yaml", area("a")+"---\n"+area("b")) },
		func() {},
		func() { write(t, dir, "a.yaml", area("a")+"---\n"+area("c")) },
		func() { write(t, dir, "a.yaml", "# a line more\n"+area("a")+"---\n"+area("a")) },
		func() { write(t, dir, "teams.yaml", manifestOf("Team", "one", "{id: a/one, parent: a/two}")) },
		func() { write(t, dir, "two.yaml", manifestOf("Team", "two", "{id: a/two, parent: a/one}")) },
		func() { write(t, dir, "two.yaml", manifestOf("Team", "two", "{id: a/two}")) },
		func() { _ = os.Remove(filepath.Join(dir, "a.yaml")) },
	}
	for i, step := range steps {
		step()
		got, gotProblems, err := loader.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		want, wantProblems, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(names(want), names(got)); diff != "" {
			t.Errorf("step %d (-new +again):\n%s", i, diff)
		}
		if diff := cmp.Diff(wantProblems, gotProblems); diff != "" {
			t.Errorf("step %d, problems (-new +again):\n%s", i, diff)
		}
	}
}
