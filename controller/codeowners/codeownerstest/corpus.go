package codeownerstest

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Corpus is the CODEOWNERS file of a real repository, and its files.
type Corpus struct {
	Name       string
	CodeOwners []byte
	Files      []string // as git lists them
}

// maxCorpusFile bounds what is read of one corpus file, unpacked.
const maxCorpusFile = 64 << 20

// Corpora reads folder/codeowners/<name>/{CODEOWNERS,files.txt.gz}. Where the folder does not exist, it gives an
// error for which errors.Is(err, fs.ErrNotExist), so that the caller can say so and go on.
func Corpora(folder string) (corpora []Corpus, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("opening the corpora: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	entries, err := fs.ReadDir(root.FS(), "codeowners")
	if err != nil {
		return nil, fmt.Errorf("listing the corpora in %s: %w", folder, err)
	}
	for _, entry := range entries {
		corpus := Corpus{Name: entry.Name()}
		place := path.Join("codeowners", entry.Name())
		if corpus.CodeOwners, err = root.ReadFile(path.Join(place, "CODEOWNERS")); err != nil {
			return nil, fmt.Errorf("reading the corpus %s: %w", entry.Name(), err)
		}
		if corpus.Files, err = readLines(root, path.Join(place, "files.txt.gz")); err != nil {
			return nil, fmt.Errorf("reading the corpus %s: %w", entry.Name(), err)
		}
		corpora = append(corpora, corpus)
	}
	return corpora, nil
}

func readLines(root *os.Root, name string) (lines []string, err error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	scanner := bufio.NewScanner(io.LimitReader(unpacked, maxCorpusFile))
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	return lines, scanner.Err()
}
