package fetch

import (
	"errors"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// dialect is the version of the protocol that a server speaks, and what it can do.
type dialect struct {
	// version is 2, or 0 for both 0 and 1, which differ in one line.
	version int
	// abilities are its capabilities, by name; those of several values have them divided by spaces.
	abilities map[string]string
}

// can says whether a command or the protocol has an ability: in version 2 one of those that the command lists.
func (d dialect) can(command, ability string) bool {
	if d.version == 2 {
		for _, listed := range strings.Fields(d.abilities[command]) {
			if listed == ability {
				return true
			}
		}
		return false
	}
	_, has := d.abilities[ability]
	return has
}

// refs is what is known of a server's branches.
type refs struct {
	// tip is the commit that was looked for, and branch its name, such as "refs/heads/main"; empty where HEAD is detached.
	tip    plumbing.Hash
	branch string
	// head is the branch that HEAD names, be there one or not.
	head string
	// others says that there are other branches.
	others bool
}

// maxAbilities bounds a list of abilities, of which git has a dozen: each takes many times the memory of its packet.
const maxAbilities = 1000

// errNotGit says that an answer is no git server's.
var errNotGit = errors.New("the answer is not in git's form")

// readAdvertisement reads the answer to GET info/refs. Of version 0 that is all branches; of version 2, abilities alone.
//
//	"# service=git-upload-pack", flush     left out by some servers of version 2
//	"version 2", ABILITY..., flush
//	"version 1"                            as version 0 from here on
//	"ID NAME\0ABILITIES", "ID NAME"...     the first name is "capabilities^{}" where there are none
//	flush                                  at once where there is nothing
func readAdvertisement(from io.Reader, wanted string) (dialect, refs, error) {
	p := &packets{from: from}
	kind, text, err := p.line()
	announced := err == nil && kind == dataPacket && strings.HasPrefix(text, "# service=")
	if announced {
		if kind, _, err = p.line(); err == nil && kind != flushPacket {
			return dialect{}, refs{}, errNotGit
		}
		kind, text, err = p.line()
	}
	if err == nil && kind == dataPacket && text == "version 1" {
		kind, text, err = p.line()
	}
	switch {
	case err != nil:
		return dialect{}, refs{}, notGit(err)
	case kind == dataPacket && text == "version 2":
		d, err := readAbilities(p)
		return d, refs{}, err
	case kind != dataPacket && (kind != flushPacket || !announced):
		return dialect{}, refs{}, errNotGit // that there is nothing must be said by a git server
	}
	return readRefs(p, kind, text, wanted)
}

// notGit keeps errors of the network, and says of those of form that the answer is not git's.
func notGit(err error) error {
	if errors.Is(err, errPacket) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errNotGit
	}
	return err
}

func readAbilities(p *packets) (dialect, error) {
	d := dialect{version: 2, abilities: map[string]string{}}
	for {
		kind, text, err := p.line()
		if err != nil {
			return d, cutShort(err)
		}
		if kind == flushPacket {
			return d, nil
		}
		if len(d.abilities) == maxAbilities {
			return d, errNotGit
		}
		name, value, _ := strings.Cut(text, "=")
		d.abilities[name] = value
	}
}

func readRefs(p *packets, kind packetKind, text, wanted string) (dialect, refs, error) {
	d := dialect{abilities: map[string]string{}}
	found := finder{wanted: wanted, tips: map[string]plumbing.Hash{}}
	for first := true; kind == dataPacket; first = false {
		line, abilities, has := strings.Cut(text, "\x00")
		if has != first {
			return d, refs{}, errNotGit
		}
		for _, ability := range strings.Fields(abilities) {
			name, value, _ := strings.Cut(ability, "=")
			if name == "symref" {
				from, to, _ := strings.Cut(value, ":")
				if from == "HEAD" {
					found.head = to
				}
				continue
			}
			d.abilities[name] = value
		}
		id, name, _ := strings.Cut(line, " ")
		if id != "shallow" { // a shallow commit of the server's own: no ref
			if !isID(id) {
				return d, refs{}, errNotGit
			}
			if name != "capabilities^{}" {
				found.add(id, name)
			}
		}
		var err error
		if kind, text, err = p.line(); err != nil {
			return d, refs{}, cutShort(err)
		}
	}
	if kind != flushPacket {
		return d, refs{}, errNotGit
	}
	return d, found.result(), nil
}

// readListed reads the answer to the command ls-refs: "ID NAME ATTRIBUTE...", or "unborn NAME ATTRIBUTE...".
func readListed(from io.Reader, wanted string) (refs, error) {
	p, found := &packets{from: from}, finder{wanted: wanted, tips: map[string]plumbing.Hash{}}
	for {
		kind, text, err := p.line()
		if err != nil {
			return refs{}, cutShort(err)
		}
		if kind == flushPacket {
			return found.result(), nil
		}
		if kind != dataPacket {
			return refs{}, errNotGit
		}
		fields := strings.Split(text, " ")
		if len(fields) < 2 {
			return refs{}, errNotGit
		}
		for _, attribute := range fields[2:] {
			if target, is := strings.CutPrefix(attribute, "symref-target:"); is && fields[1] == "HEAD" {
				found.head = target
			}
		}
		switch {
		case fields[0] == "unborn":
		case !isID(fields[0]):
			return refs{}, errNotGit
		default:
			found.add(fields[0], fields[1])
		}
	}
}

// finder looks for one branch among those that are listed, and keeps no others.
type finder struct {
	wanted, head string
	tips         map[string]plumbing.Hash
	others       bool
}

func (f *finder) add(id, name string) {
	if name == f.wanted || name == "HEAD" {
		f.tips[name] = plumbing.NewHash(id)
	}
	f.others = f.others || strings.HasPrefix(name, "refs/heads/") && name != f.wanted
}

// result is the branch that was wanted: HEAD stands for the branch that it names.
func (f *finder) result() refs {
	r := refs{tip: f.tips[f.wanted], branch: f.wanted, head: f.head, others: f.others}
	if f.wanted == "HEAD" {
		r.branch = f.head
	}
	return r
}

func isID(text string) bool { return plumbing.IsHash(text) && len(text) == 40 }
