package acme

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The folder of what is made, below the example's, and the file in it that says from what and when, and then, a line
// each, the folder and the state of each checkout.
const (
	workFolder = ".work"
	markFile   = "made"
)

// maxAge is how old checkouts may be.
const maxAge = 7 * 24 * time.Hour

// Make makes the example's checkouts in folder/.work where they are absent, more
// than a week old, or made from other descriptions. It gives one line that says
// what it did. Checkouts that were not made whole count as absent. Nobody's work is
// removed: a folder in which something was changed is moved aside, and the line says where to.
func Make(folder string, now time.Time) (string, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", fmt.Errorf("opening the example: %w", err)
	}
	defer func() { _ = root.Close() }() // a folder: nothing is lost

	specifications, authors, err := read(root.FS())
	if err != nil {
		return "", fmt.Errorf("reading the example in %s: %w", folder, err)
	}
	digest, err := digest(root.FS())
	if err != nil {
		return "", err
	}
	made, fresh, states := freshness(root, digest, now)
	if fresh {
		return fmt.Sprintf("%s: the checkouts of %s are fresh", filepath.Join(folder, workFolder), made.Format(time.DateOnly)), nil
	}
	// Before the mark goes, which says what is ours.
	kept, err := keep(folder, root, specifications, states, now)
	if err != nil {
		return "", err
	}
	commits, err := makeAll(folder, root, specifications, authors, now)
	if err != nil {
		return "", err
	}
	if err := mark(folder, root, specifications, now, digest); err != nil {
		return "", fmt.Errorf("marking the checkouts: %w", err)
	}
	line := fmt.Sprintf("%s: made %d checkouts with %d commits", filepath.Join(folder, workFolder), len(specifications), commits)
	if len(kept) > 0 {
		line += "; those before had changes, and are kept in " + strings.Join(kept, " and ")
	}
	return line, nil
}

func mark(folder string, root *os.Root, specifications []specification, now time.Time, digest string) error {
	text := now.UTC().Format(time.RFC3339) + " " + digest + "\n"
	for _, s := range specifications {
		made, err := state(filepath.Join(folder, workFolder, filepath.FromSlash(s.Folder)))
		if err != nil {
			return err
		}
		text += s.Folder + " " + made + "\n"
	}
	return root.WriteFile(path.Join(workFolder, markFile), []byte(text), 0o644)
}

// makeAll makes all checkouts in place of those that are there. The mark goes first, and comes back last.
func makeAll(folder string, root *os.Root, specifications []specification, authors map[string]author, now time.Time) (int, error) {
	if err := root.Remove(path.Join(workFolder, markFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("removing the mark of old checkouts: %w", err)
	}
	for _, first := range firstFolders(specifications) {
		if err := root.RemoveAll(path.Join(workFolder, first)); err != nil {
			return 0, fmt.Errorf("removing old checkouts: %w", err)
		}
	}
	commits := 0
	for _, s := range specifications {
		place := path.Join(workFolder, s.Folder)
		if err := root.MkdirAll(place, 0o755); err != nil {
			return 0, fmt.Errorf("making %s: %w", place, err)
		}
		made, err := build(filepath.Join(folder, filepath.FromSlash(place)), s, authors, now.UTC().Truncate(24*time.Hour))
		if err != nil {
			return 0, err
		}
		commits += made
	}
	return commits, nil
}

// freshness reads when the checkouts were made, whether they can stay, and the state of each as it was made; nil where
// they were not made whole.
func freshness(root *os.Root, digest string, now time.Time) (made time.Time, fresh bool, states map[string]string) {
	text, err := root.ReadFile(path.Join(workFolder, markFile))
	if err != nil {
		return time.Time{}, false, nil
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	states = map[string]string{}
	for line := range strings.Lines(rest) {
		if at := strings.LastIndexByte(line, ' '); at >= 0 {
			states[line[:at]] = strings.TrimSpace(line[at:])
		}
	}
	day, from, _ := strings.Cut(first, " ")
	made, err = time.Parse(time.RFC3339, day)
	age := now.Sub(made)
	return made, err == nil && from == digest && age >= 0 && age < maxAge, states
}

// digest tells the descriptions apart that checkouts were made from. The people are left out: who edits them to see
// what Remit says wants to keep their commits.
func digest(folder fs.FS) (string, error) {
	names, err := fs.Glob(folder, "repositories/*.yaml")
	if err != nil {
		return "", fmt.Errorf("looking for repositories: %w", err)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return "", fmt.Errorf("reading a description: %w", err)
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
