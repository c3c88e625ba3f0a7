package worktree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
)

// maxShown is how much of a line an explanation quotes, in characters.
const maxShown = 120

// live is a file as it stands in the checkout now.
type live struct {
	info fs.FileInfo
	text []byte
}

// digest is what a precondition names the text by.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// readLive reads a file, following no link; nil where there is none.
func readLive(folder *os.Root, name string) (*live, error) {
	info, err := folder.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, unreadable(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, refusal{"it is a symbolic link, which is not followed", "replace the link by the file itself"}
	case !info.Mode().IsRegular():
		return nil, refusal{"it is no regular file", "put a file in its place"}
	}
	file, err := folder.Open(name)
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	opened, err := file.Stat()
	if err != nil {
		return nil, unreadable(err)
	}
	if !os.SameFile(info, opened) {
		return nil, refusal{"it is being replaced by another file", "apply again"}
	}
	text, err := io.ReadAll(io.LimitReader(file, codeowners.MaxSize))
	if err != nil {
		return nil, unreadable(err)
	}
	return &live{opened, text}, nil
}

func unreadable(err error) error {
	return refusal{fmt.Sprintf("it cannot be read: %v", cause(err)), "mend that, and apply again"}
}

// compare says whether a file is as it was when the plan was made:
//
//	planned with    now              result
//	no file         no file          as it was
//	a file          none             moved
//	no file         one              moved, unless it says what was planned: then already
//	a file          the same text    as it was
//	a file          another text     moved, unless it says what was planned: then already
//
// A file that was planned with, and that may not be written, is refused: who took the right to write it away meant to.
func compare(file File, now *live) (already bool, err error) {
	const remedy = "look at what was changed there, and plan again"
	switch {
	case now == nil && file.Digest == "":
		return false, nil
	case now == nil:
		return false, refusal{"it is not there any more", "plan again"}
	case bytes.Equal(now.text, file.After):
		return true, nil
	case file.Digest == "":
		return false, refusal{"somebody has made one since the plan was made", remedy}
	case digest(now.text) != file.Digest:
		return false, refusal{"it was changed since the plan was made: " + differs(file.Before, now.text), remedy}
	case now.info.Mode().Perm()&0o222 == 0:
		return false, refusal{"it is write-protected", "give the right to write it, and apply again"}
	}
	return false, nil
}

// differs says where a text first differs from what it was.
func differs(before, now []byte) string {
	was, is := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(now), "\n")
	line := 0
	for line < len(was)-1 && line < len(is)-1 && was[line] == is[line] {
		line++
	}
	old, fresh := quoteLine(was[line]), quoteLine(is[line])
	switch {
	case old == fresh: // white space at its end alone, or a line break
		return fmt.Sprintf("line %d differs in its line break or in white space", line+1)
	case fresh == "":
		return fmt.Sprintf("line %d was %s, and is not there any more", line+1, old)
	case old == "":
		return fmt.Sprintf("line %d is new: %s", line+1, fresh)
	}
	return fmt.Sprintf("line %d was %s, and is now %s", line+1, old, fresh)
}

// quoteLine quotes a line's beginning; empty for an empty line.
func quoteLine(line string) string {
	line = strings.TrimSpace(line)
	if line == "" {
		return ""
	}
	if short := []rune(line); len(short) > maxShown {
		line = string(short[:maxShown]) + "…"
	}
	return fmt.Sprintf("%q", line)
}
