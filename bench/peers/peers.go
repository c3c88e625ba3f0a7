// Package peers puts Remit's CODEOWNERS engine and other libraries behind one interface, so that they can be compared. It
// is for benchmarks and is no part of the product.
package peers

import (
	"bytes"
	"fmt"
	"strings"

	hairyhenderson "github.com/hairyhenderson/go-codeowners"
	hmarr "github.com/hmarr/codeowners"

	"github.com/remit-dev/remit/controller/codeowners"
)

// Peer is one library.
type Peer struct {
	Name string
	// Load parses and compiles a file; an error means that the library refuses the file as a whole.
	Load func(text []byte) (*Loaded, error)
}

// Loaded is a file as a library holds it.
type Loaded struct {
	Owners Owners
	Match  func(path string) error // only finds the rule: for measuring
}

// Owners says who owns a path, as Verdict's strings do.
type Owners func(path string) (Verdict, error)

// Verdict is "unmatched", "unowned", or the owners, parted by spaces; "no owner" where a library does not tell
// unowned from unmatched.
type Verdict string

// What a Verdict says where there are no owners.
const (
	Unmatched Verdict = "unmatched"
	Unowned   Verdict = "unowned"
	NoOwner   Verdict = "no owner"
)

// Agrees says whether a library's verdict is ours, as far as it can say it.
func (v Verdict) Agrees(ours Verdict) bool {
	return v == ours || v == NoOwner && (ours == Unmatched || ours == Unowned)
}

// All gives Remit first, then the others.
func All() []Peer {
	return []Peer{
		{"remit", loadRemit},
		{"hmarr/codeowners v1.2.1", loadHmarr},
		{"hairyhenderson/go-codeowners v0.7.1", loadHairyhenderson},
	}
}

func loadRemit(text []byte) (*Loaded, error) {
	f := codeowners.Parse(text)
	m := f.Compile()
	match := func(path string) error {
		m.Match(path)
		return nil
	}
	owners := func(path string) (Verdict, error) {
		switch match := m.Match(path); match.State {
		case codeowners.Owned:
			var owners []string
			for _, o := range f.Rules()[match.Rule].Owners {
				owners = append(owners, o.Text)
			}
			return Verdict(strings.Join(owners, " ")), nil
		case codeowners.Unowned:
			return Unowned, nil
		default:
			return Unmatched, nil
		}
	}
	return &Loaded{owners, match}, nil
}

func loadHmarr(text []byte) (loaded *Loaded, err error) {
	defer recovered(&err)
	rules, err := hmarr.ParseFile(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	match := func(path string) error {
		_, err := rules.Match(path)
		return err
	}
	owners := func(path string) (verdict Verdict, err error) {
		defer recovered(&err)
		rule, err := rules.Match(path)
		switch {
		case err != nil:
			return "", err
		case rule == nil:
			return Unmatched, nil
		case len(rule.Owners) == 0:
			return Unowned, nil
		}
		var owners []string
		for _, o := range rule.Owners {
			owners = append(owners, o.String())
		}
		return Verdict(strings.Join(owners, " ")), nil
	}
	return &Loaded{owners, match}, nil
}

func loadHairyhenderson(text []byte) (loaded *Loaded, err error) {
	defer recovered(&err)
	file, err := hairyhenderson.FromReader(bytes.NewReader(text), "")
	if err != nil {
		return nil, err
	}
	match := func(path string) error {
		file.PatternIndex(path)
		return nil
	}
	owners := func(path string) (verdict Verdict, err error) {
		defer recovered(&err)
		owners := file.Owners(path)
		if len(owners) == 0 {
			return NoOwner, nil
		}
		return Verdict(strings.Join(owners, " ")), nil
	}
	return &Loaded{owners, match}, nil
}

// recovered turns a panic into an error.
func recovered(err *error) {
	if panicked := recover(); panicked != nil {
		*err = fmt.Errorf("panics: %v", panicked)
	}
}
