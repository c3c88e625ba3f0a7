package main

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
)

const maxText = 3 << 20

func asksSomething(name string) bool {
	return slices.Contains(codeowners.Locations, name) || isOwnersFile(name) || name == "OWNERS_ALIASES"
}

// questions are what a commit asks: where it added owners.
func (s *study) questions(past *git.Past, commit, parent string, changed []string, before ownership.Repository) []question {
	var questions []question
	if slices.ContainsFunc(changed, func(name string) bool { return slices.Contains(codeowners.Locations, name) }) {
		if text, found := s.codeowners(past, commit); found && before.Codeowners.Known() {
			questions = s.byRule(codeowners.Parse(text), codeowners.Parse(before.Codeowners.Text), before.Files.Paths)
		}
	}
	if slices.ContainsFunc(changed, isOwnersFile) {
		questions = append(questions, s.byFolder(past, commit, parent, changed, before.Files.Paths)...)
	}
	return questions
}

// codeowners reads the CODEOWNERS in force in a commit.
func (s *study) codeowners(past *git.Past, commit string) (text []byte, found bool) {
	for _, place := range codeowners.Locations {
		text, found, err := past.Text(commit, place, maxText)
		if err != nil {
			s.skipped["the content of a file is not in the clone"]++
			return nil, false
		}
		if found {
			return text, true
		}
	}
	return nil, false
}

// byRule asks who was added to each rule: an owner who owned none of its files before, and whom a rule of the same pattern
// did not name. A rule without files asks nothing.
func (s *study) byRule(after, before *codeowners.File, paths []string) []question {
	files := map[int][]int{}
	for i, match := range after.Compile().MatchAll(paths) {
		if match.Rule >= 0 {
			files[match.Rule] = append(files[match.Rule], i)
		}
	}
	oldRules := before.Rules()
	named := map[string]bool{} // pattern and owner
	for _, rule := range oldRules {
		for _, owner := range rule.Owners {
			named[rule.Pattern+" "+strings.ToLower(owner.Text)] = true
		}
	}
	old := before.Compile().MatchAll(paths)
	var questions []question
	for index, rule := range after.Rules() {
		held := map[string]bool{}
		for _, file := range files[index] {
			if old[file].Rule >= 0 {
				for _, owner := range oldRules[old[file].Rule].Owners {
					held[strings.ToLower(owner.Text)] = true
				}
			}
		}
		q := question{kind: kindCodeowners, place: rule.Pattern, files: files[index], held: slices.Sorted(maps.Keys(held))}
		teams := 0
		for _, owner := range rule.Owners {
			text := strings.ToLower(owner.Text)
			switch {
			case held[text], named[rule.Pattern+" "+text]:
			case strings.HasPrefix(text, "@") && strings.Contains(text, "/"):
				teams++
			default:
				q.added = append(q.added, text)
			}
		}
		switch {
		case len(q.added)+teams == 0:
		case len(q.files) == 0:
			s.skipped["the place had no files before"]++
		case len(q.added) == 0:
			s.skipped["only teams were added, whose members are not known"]++
		default:
			questions = append(questions, q)
		}
	}
	return questions
}

// byFolder asks who was added to each OWNERS file as an approver who was none before, neither there nor in a folder above.
func (s *study) byFolder(past *git.Past, commit, parent string, changed, paths []string) []question {
	after, before := s.ownersAt(past, commit), s.ownersAt(past, parent)
	var questions []question
	for _, name := range changed {
		if !isOwnersFile(name) {
			continue
		}
		folder := path.Dir(name)
		now, found := after.file(folder)
		if !found {
			continue
		}
		held := before.approvers(folder)
		person := question{kind: kindOwners, place: folder, held: held, files: below(paths, folder)}
		team := person
		team.kind, team.teams = kindTeam, before.aliases
		for _, name := range now.Approvers {
			members, isAlias := after.aliases[name]
			switch {
			case slices.Contains(held, name):
			case isAlias && before.aliases[name] == nil:
				s.skipped["an alias was added that did not exist before"]++
			case isAlias && contains(held, members):
			case isAlias:
				team.added = append(team.added, name)
			default:
				person.added = append(person.added, name)
			}
		}
		for _, q := range []question{person, team} {
			switch {
			case len(q.added) == 0:
			case len(q.files) == 0:
				s.skipped["the place had no files before"]++
			default:
				questions = append(questions, q)
			}
		}
	}
	return questions
}

// contains says whether all of the names are in a list.
func contains(list, names []string) bool {
	for _, name := range names {
		if !slices.Contains(list, name) {
			return false
		}
	}
	return true
}

// below are the indexes of the files in a folder and those below it.
func below(paths []string, folder string) []int {
	prefix := folder + "/"
	if folder == "." {
		prefix = ""
	}
	start, _ := slices.BinarySearch(paths, prefix)
	var files []int
	for i := start; i < len(paths) && strings.HasPrefix(paths[i], prefix); i++ {
		files = append(files, i)
	}
	return files
}

// ownersAt reads the OWNERS files of one commit as they are asked for.
type ownersAt struct {
	study   *study
	past    *git.Past
	commit  string
	aliases map[string][]string
}

func (s *study) ownersAt(past *git.Past, commit string) *ownersAt {
	at := &ownersAt{study: s, past: past, commit: commit, aliases: map[string][]string{}}
	if text, found := at.text("OWNERS_ALIASES"); found {
		if aliases, ok := parseAliases(text); ok {
			at.aliases = aliases
		}
	}
	return at
}

func (at *ownersAt) text(name string) ([]byte, bool) {
	text, found, err := at.past.Text(at.commit, name, maxText)
	if err != nil {
		at.study.skipped["the content of a file is not in the clone"]++
		return nil, false
	}
	return text, found
}

func (at *ownersAt) file(folder string) (ownersFile, bool) {
	text, found := at.text(path.Join(folder, "OWNERS"))
	if !found {
		return ownersFile{}, false
	}
	return parseOwners(text)
}

// approvers are those of a folder and of the folders above, down to one that says it has no others; aliases are there by
// their names and their members.
func (at *ownersAt) approvers(folder string) []string {
	var all []string
	for {
		file, found := at.file(folder)
		if found {
			for _, name := range file.Approvers {
				all = append(append(all, name), at.aliases[name]...)
			}
		}
		if folder == "." || found && file.Options.NoParentOwners {
			slices.Sort(all)
			return slices.Compact(all)
		}
		folder = path.Dir(folder)
	}
}
