package fetch

import (
	"errors"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// wish is what is asked for: a commit, with as much of what comes before it as the depth says, less what is there already.
type wish struct {
	want plumbing.Hash
	// haves are commits that are there with all that comes before them, up to the shallow ones.
	haves, shallow []plumbing.Hash
	depth          depth
}

// depth says how far back commits are wanted. At most one of the fields is set; none means as far as there are any.
type depth struct {
	// since is the time, in seconds of Unix, of the oldest commit that is wanted.
	since int64
	// commits is how many, from the wanted one on.
	commits int
	// further is how many more behind each shallow commit.
	further int
}

// possible says whether a server can be asked for a depth.
func (d depth) possible(with dialect) bool {
	if with.version == 2 {
		return with.can("fetch", "shallow")
	}
	switch {
	case d.since != 0:
		return with.can("", "deepen-since")
	case d.further != 0:
		return with.can("", "deepen-relative")
	}
	return with.can("", "shallow")
}

// askForRefs is the command that lists the refs with a prefix, in version 2.
func askForRefs(d dialect, prefixes ...string) []byte {
	r := commandOf(d, "ls-refs")
	r.line("symrefs")
	if d.can("ls-refs", "unborn") {
		r.line("unborn")
	}
	for _, prefix := range prefixes {
		r.line("ref-prefix %s", prefix)
	}
	r.flush()
	return r.text
}

func commandOf(d dialect, name string) *request {
	r := &request{}
	r.line("command=%s", name)
	if _, named := d.abilities["object-format"]; named {
		r.line("object-format=sha1")
	}
	r.delim()
	return r
}

// encode gives the request for a pack. It asks for one that stands by itself (no "thin-pack"), and ends the negotiation at
// once: what is to be had in common is what was fetched last.
func (w wish) encode(d dialect) []byte {
	if d.version == 2 {
		r := commandOf(d, "fetch")
		r.line("no-progress")
		r.line("ofs-delta")
		w.lines(r)
		if w.depth.further != 0 {
			r.line("deepen-relative")
		}
		r.line("want %s", w.want)
		w.end(r)
		r.flush()
		return r.text
	}
	abilities := []string{}
	for _, ability := range []string{"side-band-64k", "ofs-delta", "no-progress"} {
		if d.can("", ability) {
			abilities = append(abilities, ability)
		}
	}
	if w.depth.since != 0 {
		abilities = append(abilities, "deepen-since")
	}
	if w.depth.further != 0 {
		abilities = append(abilities, "deepen-relative")
	}
	r := &request{}
	r.line("%s", strings.TrimSpace("want "+w.want.String()+" "+strings.Join(abilities, " ")))
	w.lines(r)
	r.flush()
	w.end(r)
	return r.text
}

func (w wish) lines(r *request) {
	for _, id := range w.shallow {
		r.line("shallow %s", id)
	}
	switch {
	case w.depth.since != 0:
		r.line("deepen-since %d", w.depth.since)
	case w.depth.commits != 0:
		r.line("deepen %d", w.depth.commits)
	case w.depth.further != 0:
		r.line("deepen %d", w.depth.further) // and "deepen-relative", where the version has its place for it
	}
}

func (w wish) end(r *request) {
	for _, id := range w.haves {
		r.line("have %s", id)
	}
	r.line("done")
}

// reply is what comes before the pack.
type reply struct {
	// cut are commits whose parents were left out, uncut ones of before whose parents come now.
	cut, uncut []plumbing.Hash
	// pack are the bytes of the pack.
	pack io.Reader
}

// readReply reads the answer to a request for a pack, up to the pack.
//
//	version 0                                      version 2
//	where a depth was asked for:                   "shallow-info"
//	  "shallow ID" or "unshallow ID"..., flush       "shallow ID" or "unshallow ID"..., delim
//	"NAK" or "ACK ID"                              "packfile"
//	the pack, in channels where these were asked   the pack, in channels
func readReply(from io.Reader, d dialect, w wish) (reply, error) {
	p := &packets{from: from}
	if d.version == 2 {
		return readSections(p)
	}
	var r reply
	if w.depth != (depth{}) {
		for {
			kind, text, err := p.line()
			if err != nil {
				return r, cutShort(err)
			}
			if kind != dataPacket {
				break
			}
			if err := r.addCut(text); err != nil {
				return r, err
			}
		}
	}
	kind, text, err := p.line()
	if err != nil {
		return r, cutShort(err)
	}
	if kind != dataPacket || text != "NAK" && !strings.HasPrefix(text, "ACK ") {
		return r, errNotGit
	}
	if r.pack = from; d.can("", "side-band-64k") {
		r.pack = &channels{packets: p}
	}
	return r, nil
}

func readSections(p *packets) (reply, error) {
	var r reply
	for section := ""; ; {
		kind, text, err := p.line()
		switch {
		case err != nil:
			return r, cutShort(err)
		case kind == flushPacket, kind == endPacket:
			return r, errors.New("the server sends no pack")
		case kind == delimPacket:
			section = ""
		case section == "" && text == "packfile":
			r.pack = &channels{packets: p}
			return r, nil
		case section == "":
			section = text
		case section == "shallow-info":
			if err := r.addCut(text); err != nil {
				return r, err
			}
		}
	}
}

func (r *reply) addCut(text string) error {
	what, id, _ := strings.Cut(text, " ")
	if !isID(id) {
		return errNotGit
	}
	if len(r.cut)+len(r.uncut) == maxShallow {
		return failure(TooLarge, remedyLimits, "the history is cut at more than %d commits", maxShallow)
	}
	switch what {
	case "shallow":
		r.cut = append(r.cut, plumbing.NewHash(id))
	case "unshallow":
		r.uncut = append(r.uncut, plumbing.NewHash(id))
	default:
		return errNotGit
	}
	return nil
}
