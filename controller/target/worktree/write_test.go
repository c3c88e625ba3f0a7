package worktree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// failing is a file on a disk that is full, or otherwise bad.
type failing struct {
	output
	at  string
	err error
}

func (f failing) Write(text []byte) (int, error) {
	if f.at != "write" {
		return f.output.Write(text)
	}
	n, _ := f.output.Write(text[:len(text)/2])
	return n, f.err
}

func (f failing) Sync() error {
	if f.at == "sync" {
		return f.err
	}
	return f.output.Sync()
}

func (f failing) Close() error {
	err := f.output.Close()
	if f.at == "close" {
		return f.err
	}
	return err
}

func (f failing) Chmod(mode fs.FileMode) error {
	if f.at == "mode" {
		return f.err
	}
	return f.output.Chmod(mode)
}

func (f failing) Stat() (fs.FileInfo, error) {
	if f.at == "stat" {
		return nil, f.err
	}
	return f.output.Stat()
}

// Whatever fails while the new text is written, the old one stays, and nothing else is left.
func TestFullDisk(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	for _, at := range []string{"create", "write", "sync", "close", "mode", "stat"} {
		for name, isNew := range map[string]bool{"edit": false, "new": true} {
			if isNew && (at == "mode" || at == "stat") {
				continue // a new file has those of the user
			}
			t.Run(at+" "+name, func(t *testing.T) {
				root := checkout(t, map[string]string{"CODEOWNERS": before})
				file := edit(root, "CODEOWNERS", before, after)
				if isNew {
					root = checkout(t, nil)
					file = creation(root)
				}
				target := New()
				target.create = func(folder *os.Root, name string, mode fs.FileMode) (output, error) {
					if at == "create" {
						return nil, full
					}
					made, err := create(folder, name, mode)
					return failing{made, at, full}, err
				}
				got := target.Apply(t.Context(), file)
				if got.Status != Refused || !strings.Contains(got.Reason, syscall.ENOSPC.Error()) || got.Remedy == "" {
					t.Errorf("got %+v", got)
				}
				noTemporary(t, root)
				if isNew {
					if entries, err := os.ReadDir(root); err != nil || len(entries) != 1 {
						t.Errorf("more than .git is there: %v, %v", entries, err)
					}
					return
				}
				whole(t, filepath.Join(root, "CODEOWNERS"), before)
				if got := New().Apply(t.Context(), file); got.Status != Made {
					t.Errorf("with room on the disk again: %+v", got)
				}
			})
		}
	}
}

// What somebody does while the new text is being written is not overwritten.
func TestChangedWhileWriting(t *testing.T) {
	tests := map[string]struct {
		reason string
		do     func(path string) error
		want   string // empty: no file
		new    bool
	}{
		"written": {reason: "the file is written", do: func(path string) error { return os.WriteFile(path, []byte("mine"), 0o644) }, want: "mine"},
		"appended": {reason: "a line is added", want: before + "mine", do: func(path string) error {
			file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = file.WriteString("mine")
			return errors.Join(err, file.Close())
		}},
		"replaced": {reason: "an editor puts another file in place", want: "mine", do: func(path string) error {
			return errors.Join(os.WriteFile(path+".swp", []byte("mine"), 0o644), os.Rename(path+".swp", path))
		}},
		"deleted": {reason: "the file is deleted", do: os.Remove},
		"made":    {reason: "a first file is made", new: true, want: "mine", do: func(path string) error { return os.WriteFile(path, []byte("mine"), 0o644) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := checkout(t, map[string]string{".github/CODEOWNERS": before})
			file := edit(root, ".github/CODEOWNERS", before, after)
			path := filepath.Join(root, ".github", "CODEOWNERS")
			if test.new {
				file = creation(root)
				remove(t, path)
			}
			target := New()
			target.written = func() {
				if err := test.do(path); err != nil {
					t.Fatal(err)
				}
			}
			got := target.Apply(t.Context(), file)
			if got.Status != Refused || got.Reason != errMoved.reason {
				t.Errorf("%s: got %+v", test.reason, got)
			}
			found := tree(t, root)
			if text, there := found[".github/CODEOWNERS"]; text != test.want || there != (test.want != "") || len(found) > 1 {
				t.Errorf("%s: there is %q", test.reason, found)
			}
		})
	}
}

// An editor that puts its file in place at any moment does not lose it: where ours was made, it came first.
func TestNoEditIsLost(t *testing.T) {
	made := 0
	for range 300 {
		root := checkout(t, map[string]string{"CODEOWNERS": before})
		path := filepath.Join(root, "CODEOWNERS")
		if err := os.WriteFile(path+".swp", []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		var person sync.WaitGroup
		target := New()
		target.written = func() {
			person.Go(func() {
				if err := os.Rename(path+".swp", path); err != nil {
					t.Error(err)
				}
			})
		}
		got := target.Apply(t.Context(), edit(root, "CODEOWNERS", before, after))
		person.Wait()
		if got.Status == Made {
			made++
		}
		if text := whole(t, path, "mine", before, after); text != "mine" {
			t.Fatalf("%s, and what somebody wrote at the same moment is lost: %q", got.Status, text)
		}
		noTemporary(t, root)
	}
	t.Logf("ours came first in %d of 300", made)
}

// Where names cannot be exchanged, or there are no second names, the file is replaced all the same.
func TestExchange(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"a": "1", "b": "2"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }() // nothing was written through it
	if err := exchange(root, "a", "b"); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("names cannot be exchanged here")
	} else if err != nil {
		t.Fatal(err)
	}
	if got := tree(t, folder); got["a"] != "2" || got["b"] != "1" {
		t.Error(got)
	}
	if err := exchange(root, "a", "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("with what is not there: %v", err)
	}
}
