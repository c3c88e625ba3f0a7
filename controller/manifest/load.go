package manifest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/remit-dev/remit/controller/internal/parallel"
	"github.com/remit-dev/remit/controller/ownership"
)

// Loader reads folders of manifests. A program which loads again and again keeps its Loader: it compiles the schemas
// and CEL rules of each kind once, when the kind is first met, and does not check a document again that is the same
// as in the load before. It may be used by several goroutines.
type Loader struct {
	schemas schemas

	mutex  sync.Mutex
	before map[textKey]checked // the documents of the last load
}

// textKey is a document's text and all else that its check depends on.
type textKey struct {
	source
	before int
	sum    [sha256.Size]byte
}

// NewLoader makes a Loader. It fails only if the program was built with broken CRDs.
func NewLoader() (*Loader, error) {
	schemas, err := newSchemas()
	if err != nil {
		return nil, err
	}
	return &Loader{schemas: schemas}, nil
}

// Load reads a folder once; see Loader.Load.
func Load(path string) (*Set, []ownership.Problem, error) {
	loader, err := NewLoader()
	if err != nil {
		return nil, nil, err
	}
	return loader.Load(path)
}

// Load reads every *.yaml, *.yml and *.json file in a folder and the folders below, or the one file given. Files and
// folders whose name begins with a dot are skipped, and nothing outside the folder is read.
//
// An object with an error is left out and reported; the others stay. The problems are in the order of the files and
// of the lines in them. The error is for a path that cannot be read at all.
func (l *Loader) Load(path string) (*Set, []ownership.Problem, error) {
	folder, err := openFolder(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = folder.root.Close() }() // nothing was written

	texts := folder.readAll()
	problems := folder.problems
	entries, found, err := l.checkAll(texts)
	if err != nil {
		return nil, nil, err
	}
	problems = append(problems, found...)

	for _, location := range folder.unread {
		unread := guessed{kinds: l.schemas.kinds(), namespace: AnyNamespace, mentions: &mentions{anything: true}}
		entries = append(entries, entry{location: location, guessed: &unread})
	}
	set, found := assemble(entries, false)
	problems = append(problems, found...)
	for _, source := range folder.sources {
		set.Files = append(set.Files, source.display())
	}
	set.Folders = folder.folders
	if len(set.Folders) == 0 { // a single file was given
		set.Folders = []string{folder.path}
	}
	slices.SortStableFunc(problems, func(a, b ownership.Problem) int {
		return cmp.Or(a.Compare(b.Location), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message))
	})
	return set, limit(problems), nil
}

// maxInFile bounds how much is said of one file.
const maxInFile = 1000

// limit leaves out what is too much to read of a file, and says how much that is. The problems are sorted by file.
func limit(problems []ownership.Problem) []ownership.Problem {
	kept := problems[:0]
	for len(problems) > 0 {
		file := problems[0].File
		end := slices.IndexFunc(problems, func(p ownership.Problem) bool { return p.File != file })
		if end < 0 {
			end = len(problems)
		}
		more := end - maxInFile
		kept = append(kept, problems[:min(end, maxInFile)]...)
		problems = problems[end:]
		if more > 0 {
			kept = append(kept, ownership.Problem{Location: ownership.Location{File: file},
				Message: fmt.Sprintf("%d more problems in this file", more), Remedy: "correct those above first"})
		}
	}
	return kept
}

// text is one document's text and its file.
type text struct {
	source
	chunk
}

func (f *folder) readAll() (texts []text) {
	for _, source := range f.sources {
		for _, chunk := range splitDocuments(f.read(source)) {
			texts = append(texts, text{source, chunk})
		}
	}
	return texts
}

// otherEncoding recognises UTF-16 and UTF-32 by their byte order marks.
func otherEncoding(content []byte) string {
	if len(content) >= 2 && (content[0] == 0xff && content[1] == 0xfe || content[0] == 0xfe && content[1] == 0xff) {
		return "UTF-16"
	}
	return ""
}

// checkAll checks all documents, on as many processors as there are; the result does not depend on how many.
func (l *Loader) checkAll(texts []text) (entries []entry, problems []ownership.Problem, err error) {
	l.mutex.Lock()
	before := l.before
	l.mutex.Unlock()

	results, keys := make([]checked, len(texts)), make([]textKey, len(texts))
	parallel.Each(len(texts), func(i int) {
		keys[i] = textKey{texts[i].source, texts[i].before, sha256.Sum256(texts[i].text)}
		known, same := before[keys[i]]
		if !same {
			known = l.check(texts[i])
		}
		results[i] = known
	})

	known := make(map[textKey]checked, len(texts))
	for i := range results {
		if results[i].err != nil {
			return nil, nil, results[i].err
		}
		known[keys[i]] = results[i]
		entries = append(entries, results[i].entries...)
		problems = append(problems, results[i].problems...)
	}
	l.mutex.Lock()
	l.before = known
	l.mutex.Unlock()
	return entries, problems, nil
}

func (l *Loader) check(text text) checked {
	file := text.display()
	c := checker{schemas: l.schemas, file: file, root: text.root, dir: filepath.Dir(file)}
	c.document(text.chunk)
	return c.checked
}
