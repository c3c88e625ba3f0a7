package record

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// redactor gives people other names.
type redactor struct {
	pseudonyms
	known *register
	// owners are what became of owners in CODEOWNERS files: most stand there more than once.
	owners map[string]string
	// machine leads from folders of the machine to what stands for them.
	machine *strings.Replacer
}

// Redact gives a copy of a recording in which people have other names:
//
//	ids, logins, addresses, names of people   pseudonyms, the same everywhere
//	CODEOWNERS                                owners that are people likewise; comments are emptied; lines, patterns and
//	                                          teams stay
//	names of areas, teams, labels; paths      stay, but known names in them are replaced
//	parameters, exemptions, Rego              likewise; comments in Rego are emptied
//	descriptions, reasons, messages           gone: "redacted (…)", equal where they were
//	commits                                   other ids; times and paths stay
//	folders of this machine, passwords in URLs gone
//
// The key must be random and be forgotten: with it, guesses could be tried. The error says which name could not be
// taken out, and nothing is to be written then.
func Redact(r Recording, key [32]byte) (Recording, error) {
	original := take(r)
	redacted, err := redactParts(&original, key)
	if err != nil {
		return Recording{}, err
	}
	return redacted.join(), nil
}

func redactParts(original *parts, key [32]byte) (parts, error) {
	p, err := copied(original)
	if err != nil {
		return parts{}, err
	}
	d := collect(&p, key)
	placeholders := d.placeholders(&p)
	p.walk(&codec{mode: rewriting, rewrite: d.redact})
	if p.Input.Manifests != nil && p.Input.Manifests.Roles != nil {
		p.Input.Manifests.Roles.Value.Spec.Placeholders = placeholders
	}
	d.tidy(&p)
	p.Redacted = true
	return p, d.remaining(&p)
}

// copied is a deep copy, made by writing and reading.
func copied(original *parts) (parts, error) {
	writer := &codec{mode: writing}
	original.walk(writer)
	reader := &codec{mode: reading, in: writer.out, seen: map[string]string{}}
	var p parts
	p.walk(reader)
	return p, reader.err
}

// redact is what becomes of a text of a kind.
func (d *redactor) redact(k kind, text string) string {
	if text == "" {
		return ""
	}
	switch k {
	case word:
		if isWord(text) {
			return text
		}
		return d.plain(text)
	case treePath:
		return d.known.replace(text, asIs)
	case file:
		return d.file(text)
	case root:
		return ""
	case digest:
		return d.digest(text)
	case person:
		return d.person(text)
	case address:
		return d.address(text)
	case name:
		return d.name(text)
	case holder, subject:
		return d.holder(text)
	case entity:
		return d.entity(text)
	case holderPattern:
		return d.holderPattern(text)
	case ownerValue:
		return d.ownerValue(text)
	case placeholder:
		return text // see placeholders
	case prose:
		return d.prose(text)
	case rego:
		return d.rego(text)
	case codeownersText:
		return d.codeowners(text)
	case parameter:
		return d.json(text)
	}
	return d.plain(text)
}

var (
	// userText is a holder, or an entity of a catalog, in the midst of a text.
	userText = regexp.MustCompile("(?i)\\buser:(?:([a-z0-9_.-]+)/)?([^\\s\"'`/#:,]+)")
	// addressText is an e-mail address, with a dot in its domain, unlike "icon@2x".
	addressText = regexp.MustCompile("[^\\s\"'`<>()\\[\\],;:/@]+(?:\\[bot\\])?@[a-zA-Z0-9-]+(?:\\.[a-zA-Z0-9-]+)+")
	// handleText is "@login", but no team and no scope of packages.
	handleText = regexp.MustCompile(`(^|[\s"'(,])@([a-zA-Z0-9][a-zA-Z0-9_-]*)($|[\s"'),.;])`)
	// credentials stand in a URL before its host.
	credentials = regexp.MustCompile(`://[^\s/@"']+@`)
	// homes are folders of people on a machine.
	homes = regexp.MustCompile("(?:/home/|/Users/|[A-Za-z]:[\\\\/]Users[\\\\/])([^\\s\"'`/\\\\:]+)")
	// absolute is a path of a machine in the midst of a name, as in "checkout /src/shop".
	absolute = regexp.MustCompile("(^|[\\s\"'`(=])(/[^\\s\"'`]+|[A-Za-z]:[\\\\/][^\\s\"'`]+|\\.\\./[^\\s\"'`]+)")
)

// plain is a name of something that is no person.
func (d *redactor) plain(text string) string { return d.sweep(d.files(text)) }

// files redacts paths of the machine in the midst of a text.
func (d *redactor) files(text string) string {
	return absolute.ReplaceAllStringFunc(text, func(whole string) string {
		begin := absolute.FindStringSubmatch(whole)[1]
		return begin + d.file(whole[len(begin):])
	})
}

// sweep replaces what is known, and what has the form of a holder or an address.
func (d *redactor) sweep(text string) string {
	if strings.Contains(text, "://") {
		text = credentials.ReplaceAllString(text, "://redacted@")
	}
	text = homes.ReplaceAllString(text, "/redacted")
	text = d.machine.Replace(text)
	if strings.Contains(text, "@") {
		text = addressText.ReplaceAllStringFunc(text, func(found string) string {
			if strings.HasPrefix(found, "redacted@") {
				return found
			}
			return d.address(found)
		})
	}
	if strings.Contains(strings.ToLower(text), "user:") {
		text = d.users(text)
	}
	return d.known.replace(text, asIs)
}

// users replaces "user:alice", and "user:default/alice" as catalogs have it.
func (d *redactor) users(text string) string {
	return userText.ReplaceAllStringFunc(text, func(found string) string {
		parts := userText.FindStringSubmatch(found)
		first, second := parts[1], parts[2]
		switch {
		case strings.HasPrefix(second, "person-") || strings.HasPrefix(first, "person-"):
			return found
		case first == "":
			return userHolder(d.person(second))
		case d.known.logins[strings.ToLower(first)]: // a key such as "user:alice/approver"
			return userHolder(d.person(first)) + "/" + second
		}
		return userHolder(first + "/" + d.person(second))
	})
}

// holder is a holder, or what stands in the place of one.
func (d *redactor) holder(text string) string {
	if login, is := user(text); is && !strings.ContainsAny(login, "/ ") {
		return userHolder(d.person(login))
	}
	if d.known.logins[strings.ToLower(text)] {
		return d.person(text)
	}
	return d.plain(text)
}

// holderPattern keeps "user:*". Any other pattern of people may be the beginning of a name, and becomes a person that there is not.
func (d *redactor) holderPattern(text string) string {
	if text == userHolder("*") {
		return text
	}
	return d.holder(text)
}

// entity is an entity of a catalog; those of the kind user are people.
func (d *redactor) entity(text string) string {
	if rest, is := user(text); is {
		namespace, login, found := strings.Cut(rest, "/")
		if !found {
			return userHolder(d.person(rest))
		}
		return userHolder(d.known.replace(namespace, asIs) + "/" + d.person(login))
	}
	return d.plain(text)
}

var lineSuffix = regexp.MustCompile(`(:\d+)+$`)

// file keeps a path below the folder that a command was called in, and of all others the last name.
func (d *redactor) file(text string) string {
	text = credentials.ReplaceAllString(text, "://redacted@")
	slashed := strings.ReplaceAll(text, `\`, "/")
	if !path.IsAbs(slashed) && !windowsPath(slashed) && slashed != ".." && !strings.HasPrefix(slashed, "../") && !strings.HasPrefix(slashed, "~") {
		return d.known.replace(d.files(text), asIs) // as in "log of /src/shop"
	}
	lines := lineSuffix.FindString(slashed)
	folder, last := path.Split(strings.TrimSuffix(slashed, lines))
	return "redacted-" + d.short("folder", folder)[:6] + "/" + d.known.replace(last, asIs) + lines
}

func windowsPath(text string) bool {
	return len(text) > 2 && text[1] == ':' && text[2] == '/'
}

// words are all words of Remit's own that stand in recordings.
var words = []string{
	"git", "people", "catalog", "github", "kubernetes", "worktree", "head", "remit", "peribolos", "backstage", "prow",
	"human", "bot", "contractor", "read", "triage", "write", "maintain", "admin", "Observe", "Propose", "Enforce",
	"info", "low", "medium", "high", "critical", "In", "NotIn", "Exists", "DoesNotExist", "area", "person", "organisation",
	"team", "schedule", "Area", "RoleAssignment", "Team", "ResponsibilityPolicy", "OwnershipSource", "RoleConfiguration",
	"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Invalid", "ParentNotFound", "ParentCycle", "RoleUnknown", "ScopeDenied", "ScopeUnknown",
}

var versionText = regexp.MustCompile(`^(\(devel\)|v?\d+\.\d+[0-9A-Za-z.+-]*|[0-9a-f]{7,40}(-dirty)?)$`)

func isWord(text string) bool { return slices.Contains(words, text) || versionText.MatchString(text) }

// remaining looks for known names in what was redacted: if there is one, there is a fault in Remit, and the recording
// must not be given away.
func (d *redactor) remaining(p *parts) error {
	var left error
	p.walk(&codec{mode: rewriting, rewrite: func(k kind, text string) string {
		if left != nil || k == rego && isLibrary(text) || k == word && isWord(text) {
			return text
		}
		if at, is := d.known.find(text, 0); is {
			left = ownership.Problem{
				Message: fmt.Sprintf("a name could not be redacted: %q stands in a text of the recording", text[at.begin:at.end]),
				Remedy:  "report this as a fault of Remit, and do not pass the recording on",
			}
		}
		return text
	}})
	return left
}
