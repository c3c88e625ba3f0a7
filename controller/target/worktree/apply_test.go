package worktree

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/internal/folderlock"
)

func TestApply(t *testing.T) {
	const place = ".github/CODEOWNERS"
	type files = map[string]string
	tests := map[string]struct {
		reason string
		had    files
		// between is what happens to the checkout between plan and apply.
		between func(t *testing.T, root string)
		file    func(root string) File
		status  Status
		why     string // a part of the reason
		want    files
	}{
		"edit": {
			reason: "the file is replaced", had: files{place: before, "a": "a"}, status: Made, want: files{place: after, "a": "a"},
		},
		"at the root": {
			reason: "the other places, too", had: files{"CODEOWNERS": before}, status: Made, want: files{"CODEOWNERS": after},
			file: func(root string) File { return edit(root, "CODEOWNERS", before, after) },
		},
		"not in force before": {
			reason: "a file in a worse place is no obstacle", had: files{place: before, "docs/CODEOWNERS": "x"}, status: Made,
			want: files{place: after, "docs/CODEOWNERS": "x"},
		},
		"already": {
			reason: "to apply twice does nothing", had: files{place: after}, status: Already, want: files{place: after},
		},
		"new": {
			reason: "the first CODEOWNERS, with its folder", had: files{"a": "a"}, file: creation, status: Made, want: files{"a": "a", place: after},
		},
		"new in a folder": {
			reason: "the folder is there", had: files{".github/a": "a"}, file: creation, status: Made, want: files{".github/a": "a", place: after},
		},
		"new already": {
			reason: "to create twice does nothing", had: files{place: after}, file: creation, status: Already, want: files{place: after},
		},
		"changed": {
			reason: "what somebody wrote meanwhile stays", had: files{place: before + "/new/ @bob\n"}, status: Refused,
			why: `line 4 is new: "/new/ @bob"`, want: files{place: before + "/new/ @bob\n"},
		},
		"changed line": {
			reason: "the line is named", had: files{place: strings.Replace(before, "@acme/pay", "@bob", 1)}, status: Refused,
			why: `line 3 was "/pay/  @acme/pay", and is now "/pay/  @bob"`, want: files{place: strings.Replace(before, "@acme/pay", "@bob", 1)},
		},
		"cut": {
			reason: "a line is gone", had: files{place: "# Who approves\n/web/  @acme/web\n"}, status: Refused,
			why: `line 3 was "/pay/  @acme/pay", and is not there any more`, want: files{place: "# Who approves\n/web/  @acme/web\n"},
		},
		"white space": {
			reason: "not even a line break is overwritten", had: files{place: strings.TrimSpace(before)}, status: Refused,
			why: "line 3 differs in its line break or in white space", want: files{place: strings.TrimSpace(before)},
		},
		"too large": {
			reason: "an edited file that is not loaded any more is not read whole", had: files{place: before + strings.Repeat("#", 4<<20)}, status: Refused,
			why: "line 4 is new", want: files{place: before + strings.Repeat("#", 4<<20)},
		},
		"deleted": {
			reason: "a file that somebody deleted does not come back", had: files{"a": "a"}, status: Refused,
			why: "the folder .github is not there any more", want: files{"a": "a"},
		},
		"deleted alone": {
			reason: "likewise, where its folder stays", had: files{".github/a": "a"}, status: Refused, why: "it is not there any more", want: files{".github/a": "a"},
		},
		"made by hand": {
			reason: "a first CODEOWNERS that somebody made stays", had: files{place: "mine"}, file: creation, status: Refused,
			why: "somebody has made one", want: files{place: "mine"},
		},
		"made elsewhere": {
			reason: "two CODEOWNERS are not made", had: files{"docs/CODEOWNERS": "mine"}, file: creation, status: Refused,
			why: "there is a docs/CODEOWNERS now", want: files{"docs/CODEOWNERS": "mine"},
		},
		"out of force": {
			reason: "a file that is not in force any more is not edited", had: files{place: "mine", "CODEOWNERS": before}, status: Refused,
			file: func(root string) File { return edit(root, "CODEOWNERS", before, after) },
			why:  "there is a .github/CODEOWNERS now", want: files{place: "mine", "CODEOWNERS": before},
		},
		"link": {
			reason: "a link is not followed, nor replaced", had: files{"real": before, ".github/a": "a"}, status: Refused, why: "it is a symbolic link",
			between: func(t *testing.T, root string) { link(t, "../real", filepath.Join(root, place)) },
			want:    files{"real": before, ".github/a": "a", place: "-> ../real"},
		},
		"link out": {
			reason: "nor one that leads out of the checkout", had: files{".github/a": "a"}, status: Refused, why: "it is a symbolic link",
			between: func(t *testing.T, root string) { link(t, "/etc/hostname", filepath.Join(root, place)) },
			want:    files{".github/a": "a", place: "-> /etc/hostname"},
		},
		"folder link": {
			reason: "nor a linked folder", had: files{"real/CODEOWNERS": before}, status: Refused, why: ".github is a symbolic link",
			between: func(t *testing.T, root string) { link(t, "real", filepath.Join(root, ".github")) },
			want:    files{"real/CODEOWNERS": before, ".github": "-> real"},
		},
		"folder link, new": {
			reason: "nothing is created through a link", had: files{}, file: creation, status: Refused, why: ".github is a symbolic link",
			between: func(t *testing.T, root string) { link(t, t.TempDir(), filepath.Join(root, ".github")) },
			want:    nil,
		},
		"folder is a file": {
			reason: "what is in the way stays", had: files{".github": "x"}, file: creation, status: Refused, why: ".github is no folder", want: files{".github": "x"},
		},
		"a folder": {
			reason: "a folder of that name", had: files{place + "/a": "a"}, status: Refused, why: "it is no regular file", want: files{place + "/a": "a"},
		},
		"protected": {
			reason: "who took the right to write away meant it", had: files{place: before}, status: Refused, why: "it is write-protected",
			between: func(t *testing.T, root string) { mode(t, filepath.Join(root, place), 0o444) },
			want:    files{place: before},
		},
		"left behind": {
			reason: "what a killed run left goes, what only looks like it stays", status: Made,
			had:  files{place: before, ".github/" + folderlock.Temporary + "ABC": "half", "a/" + folderlock.Temporary + "x": "elsewhere"},
			want: files{place: after, "a/" + folderlock.Temporary + "x": "elsewhere"},
		},
		"gone": {
			reason: "the checkout is gone", had: files{place: before}, status: Refused, why: "is not there any more", want: nil,
			between: func(t *testing.T, root string) { remove(t, root) },
		},
		"bare": {
			reason: "a bare repository has no files", had: files{"HEAD": "ref: refs/heads/main\n", "objects/a": ""}, status: Refused, why: "is bare",
			between: func(t *testing.T, root string) { remove(t, filepath.Join(root, ".git")) },
			want:    files{"HEAD": "ref: refs/heads/main\n", "objects/a": ""},
		},
		"no checkout": {
			reason: "something else is in that place now", had: files{place: before}, status: Refused, why: "is no git checkout any more",
			between: func(t *testing.T, root string) { remove(t, filepath.Join(root, ".git")) },
			want:    files{place: before},
		},
		"nowhere": {
			reason: "a repository that was observed without a checkout", had: files{}, status: Refused, why: "has no checkout on this machine", want: files{},
			file: func(string) File { return edit("", place, before, after) },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := checkout(t, test.had)
			file := edit(root, place, before, after)
			if test.file != nil {
				file = test.file(root)
			}
			if test.between != nil {
				test.between(t, root)
			}
			got := New().Apply(t.Context(), file)
			if got.Status != test.status || !strings.Contains(got.Reason, test.why) || (got.Reason == "") != (test.why == "") || (got.Remedy == "") != (test.why == "") {
				t.Errorf("%s: got %+v, want %q because %q", test.reason, got, test.status, test.why)
			}
			if test.want == nil {
				return
			}
			if diff := cmp.Diff(test.want, tree(t, root)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}
}

func mode(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// A new file may be read by those who could read the old one, and a first one by those whom the user's mask lets.
func TestApplyKeepsMode(t *testing.T) {
	root := checkout(t, map[string]string{"CODEOWNERS": before})
	path := filepath.Join(root, "CODEOWNERS")
	mode(t, path, 0o640)
	if got := New().Apply(t.Context(), edit(root, "CODEOWNERS", before, after)); got.Status != Made {
		t.Fatal(got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

func TestApplyEndsWithItsContext(t *testing.T) {
	root := checkout(t, map[string]string{"CODEOWNERS": before})
	ended, end := context.WithCancel(t.Context())
	end()
	if got := New().Apply(ended, edit(root, "CODEOWNERS", before, after)); got.Status != Refused || !strings.Contains(got.Reason, "stopped") {
		t.Error(got)
	}
	whole(t, filepath.Join(root, "CODEOWNERS"), before)
}

// A file whose text could not be made is refused with the reason.
func TestApplyRefusesWhatHasNoText(t *testing.T) {
	root := checkout(t, map[string]string{"CODEOWNERS": before})
	file := edit(root, "CODEOWNERS", before, "")
	file.Problem = refusal{"why", "do"}
	got := New().Apply(t.Context(), file)
	if got.Status != Refused || got.Reason != "why" || got.Remedy != "do" || len(got.Changes) != 1 {
		t.Error(got)
	}
	whole(t, filepath.Join(root, "CODEOWNERS"), before)
}

// Two runs at once do the work once.
func TestApplyTwiceAtOnce(t *testing.T) {
	for range 50 {
		root := checkout(t, map[string]string{"CODEOWNERS": before})
		statuses := make(chan Status)
		for range 2 {
			go func() { statuses <- New().Apply(t.Context(), edit(root, "CODEOWNERS", before, after)).Status }()
		}
		one, other := <-statuses, <-statuses
		if one == other || one == Refused || other == Refused {
			t.Fatalf("%s and %s", one, other)
		}
		whole(t, filepath.Join(root, "CODEOWNERS"), after)
		noTemporary(t, root)
	}
}
