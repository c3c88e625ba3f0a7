package record

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// collect learns all names of people that stand in a recording: first ids and logins, which win, then addresses, names
// and the parts of these.
func collect(p *parts, key [32]byte) *redactor {
	d := &redactor{pseudonyms: pseudonyms{key}, known: newRegister(), owners: map[string]string{}}
	folders := map[string]bool{}
	d.walk(p, func(k kind, text string) {
		switch k {
		case person:
			d.learnLogin(text)
		case holder, subject, placeholder, entity:
			d.learnHolder(text)
		case codeownersText:
			d.learnOwners(text)
		case parameter:
			d.learnJSON(text)
		case rego:
			if !isLibrary(text) {
				eachPart(text, func(part regoPart, text string) string {
					if part == regoString {
						d.learnMentions(text)
					}
					return text
				})
			}
		case file, root, plain:
			d.learnHome(text)
			if folder := path.Dir(strings.ReplaceAll(text, `\`, "/")); k == root && text != "" {
				folders[text], folders[folder] = true, true
			}
		}
	})
	d.walk(p, func(k kind, text string) {
		if k == address {
			d.learnAddress(text)
		}
	})
	d.walk(p, func(k kind, text string) {
		if k == name {
			d.learnName(text)
		}
	})
	d.learnPeople(p)
	d.machine = replacer(d, folders)
	return d
}

// walk shows all texts.
func (d *redactor) walk(p *parts, show func(k kind, text string)) {
	p.walk(&codec{mode: rewriting, rewrite: func(k kind, text string) string {
		show(k, text)
		return text
	}})
}

func (d *redactor) learnLogin(text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if strings.Contains(text, "@") {
		d.learnAddress(text)
		return
	}
	d.known.logins[strings.ToLower(text)] = true
	login, _ := cutBot(text)
	d.known.add(login, d.person(login))
	d.known.joined(login, d.person(login))
}

// learnAddress learns an address, the login in one that GitHub made up, and what is before the "@" of any other.
func (d *redactor) learnAddress(text string) {
	text = strings.ToLower(strings.TrimSpace(text))
	local, domain, found := strings.Cut(text, "@")
	if !found {
		d.learnLogin(text)
		return
	}
	d.known.logins[text] = true
	if strings.HasPrefix(domain, noreply) {
		if number, login, numbered := strings.Cut(local, "+"); numbered && strings.Trim(number, "0123456789") == "" {
			local = login
		}
		d.learnLogin(local)
		d.known.add(text, d.address(text))
		return
	}
	d.known.add(text, d.address(text))
	d.known.add(local, d.person(local))
	d.known.joined(local, d.person(local))
}

func (d *redactor) learnHolder(text string) {
	if rest, is := user(text); is && !strings.ContainsAny(rest, "*?[") {
		if _, login, found := strings.Cut(rest, "/"); found {
			rest = login
		}
		d.learnLogin(rest)
	}
}

// learnName learns a name as a whole, if it is long enough to be one, and its longer words where it looks like a person's.
func (d *redactor) learnName(text string) {
	text, _ = cutBot(strings.TrimSpace(text))
	if strings.Contains(text, "@") {
		d.learnAddress(text)
		return
	}
	words := wordsOf(text)
	if len(words) == 0 || len(words) == 1 && utf8.RuneCountInString(words[0]) < 2*shortest {
		return
	}
	stands := d.person(strings.Join(words, "-"))
	d.known.add(text, stands)
	d.known.joined(text, stands)
	if len(words) < 2 || len(words) > 3 || slices.ContainsFunc(words, func(word string) bool { return d.known.ordinary[word] }) {
		return // "GitHub Actions", "Release Team of Acme"
	}
	for _, word := range words {
		if utf8.RuneCountInString(word) > shortest+1 {
			d.known.add(word, d.person(word))
		}
	}
}

// learnPeople learns each longer word in the names of those whom a source lists as people.
func (d *redactor) learnPeople(p *parts) {
	for _, source := range p.Input.Sources {
		for _, person := range source.Observation.People {
			if person.Kind == ownership.Bot || strings.Contains(person.Name, "@") {
				continue
			}
			for _, word := range wordsOf(person.Name) {
				if utf8.RuneCountInString(word) > shortest {
					d.known.add(word, d.person(word))
				}
			}
		}
	}
}

// learnOwners learns the people whom a CODEOWNERS file names.
func (d *redactor) learnOwners(text string) {
	eachWord(text, func(word string, isPattern bool) string {
		handle, isHandle := strings.CutPrefix(word, "@")
		if (isHandle || !isPattern) && strings.Contains(word, "@") && !strings.Contains(word, "/") &&
			!d.known.logins[strings.ToLower(handle)] && isOwner(word) {
			d.learnLogin(handle)
		}
		return word
	})
}

// isOwner says whether GitHub takes a word for an owner.
func isOwner(word string) bool {
	rules := codeowners.Parse([]byte("* " + word)).Rules()
	return len(rules) == 1 && len(rules[0].Owners) == 1
}

func (d *redactor) learnMentions(text string) {
	for _, found := range userText.FindAllStringSubmatch(text, -1) {
		d.learnLogin(found[2])
	}
	for _, found := range addressText.FindAllString(text, -1) {
		d.learnAddress(found)
	}
	for _, found := range handleText.FindAllStringSubmatch(text, -1) {
		d.learnLogin(found[2])
	}
}

func (d *redactor) learnJSON(text string) {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return
	}
	rewriteJSON(value, func(text string) string {
		d.learnMentions(text)
		return text
	})
}

// learnHome learns the name of whose folder something lies in.
func (d *redactor) learnHome(text string) {
	for _, found := range homes.FindAllStringSubmatch(text, -1) {
		d.learnLogin(found[1])
	}
}

// replacer replaces folders of the machine wherever they stand; of the root and its like there is nothing to hide.
func replacer(d *redactor, folders map[string]bool) *strings.Replacer {
	var pairs []string
	for folder := range folders {
		if path.IsAbs(folder) && strings.Count(folder, "/") > 1 || windowsPath(folder) {
			pairs = append(pairs, folder)
		}
	}
	return newReplacer(d, pairs)
}
