package explain

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Codeowners is what a CODEOWNERS file, as one source sees it, says of the path.
type Codeowners struct {
	Source        string `json:"source"`
	Authoritative bool   `json:"authoritative,omitempty"`
	// File is its path in the repository; empty where there is none.
	File string `json:"file,omitempty"`
	// State is "owned", "unowned" (a rule without owners decides), "unmatched" (none does), "mixed" (of a folder), or
	// "unknown".
	State string `json:"state"`
	// Rules are those that decide: one for a file; for a folder all that do, the one that does over most files first.
	Rules []PathRule `json:"rules"`
	// Overridden are those that match and decide over nothing here, the last first. OverriddenMore says that there are more.
	Overridden     []PathRule `json:"overridden"`
	OverriddenMore bool       `json:"overriddenMore,omitempty"`
	// Unmatched is how many files no rule matches.
	Unmatched int `json:"unmatched,omitempty"`
	// Depends says that rules which speak of names would decide over some new files of the folder.
	Depends bool `json:"depends,omitempty"`
	// Invalid counts the lines of the file that are not in force.
	Invalid int `json:"invalid,omitempty"`
	// NotInForce says why no rule of the file is in force, Remedy what to do about it; empty where its rules are.
	NotInForce string `json:"notInForce,omitempty"`
	Remedy     string `json:"remedy,omitempty"`
	Unknown    string `json:"unknown,omitempty"`
}

// PathRule is a CODEOWNERS rule with its owners.
type PathRule struct {
	Rule
	Owners []PathOwner `json:"owners"`
}

// PathOwner is one who is named for the path.
type PathOwner struct {
	// Text is as CODEOWNERS has it; Locations are the lines of OWNERS files.
	Text      string               `json:"text,omitempty"`
	Holder    ownership.Holder     `json:"holder"`
	Name      string               `json:"name,omitempty"`
	Standing  Standing             `json:"standing"`
	Locations []ownership.Location `json:"locations,omitempty"`
}

// The states of a path that codeowners.State does not have.
const (
	stateMixed   = "mixed"
	stateUnknown = "unknown"
)

// codeowners explains what one source's CODEOWNERS file says of the path.
func (x *explainer) codeowners(repository *snapshot.Repository, path *Path) Codeowners {
	approver, _ := x.s.Role(ownership.Approver)
	answer := Codeowners{
		Source: repository.Source.Name, Authoritative: repository.Decides(approver), File: repository.Facts.Codeowners.Path,
		Rules: []PathRule{}, Overridden: []PathRule{}, State: codeowners.Unmatched.String(),
	}
	if answer.Unknown = repository.Unknown(); answer.Unknown != "" {
		answer.State = stateUnknown
		return answer
	}
	if repository.File == nil {
		answer.Unmatched = path.Files
		return answer
	}
	if answer.NotInForce, answer.Remedy = repository.File.NotInForce(); answer.NotInForce != "" {
		answer.Unmatched = path.Files
		return answer
	}
	answer.Invalid = repository.File.ErrorsTotal()
	patterns := make([]string, len(repository.Rules))
	for i, rule := range repository.Rules {
		patterns[i] = rule.Pattern
	}
	switch from, to := below(repository.Facts.Files.Paths, path.Path); {
	case !path.Folder:
		x.fileRules(&answer, repository, matchingOne(patterns, path.Path), path.Path)
	case from == to:
		x.newFileRules(&answer, repository, matchingOne(patterns, path.probe()), path.Path)
	default:
		x.folderRules(&answer, repository, patterns, repository.Facts.Files.Paths[from:to])
	}
	return answer
}

// fileRules are the rules that match one file.
func (x *explainer) fileRules(answer *Codeowners, repository *snapshot.Repository, matching []int, file string) {
	_, exists := slices.BinarySearch(repository.Facts.Files.Paths, file)
	if len(matching) == 0 {
		if exists {
			answer.Unmatched = 1
		}
		return
	}
	last := len(matching) - 1
	deciding := x.pathRule(repository, matching[last])
	if exists {
		deciding.Files = 1
	}
	answer.Rules = append(answer.Rules, deciding)
	answer.State = stateOf(deciding)
	for _, at := range slices.Backward(matching[:last]) {
		answer.Overridden = append(answer.Overridden, x.pathRule(repository, at))
	}
}

// newFileRules are those that would match a new file in a folder.
func (x *explainer) newFileRules(answer *Codeowners, repository *snapshot.Repository, matching []int, folder string) {
	created := repository.File.Compile().MatchNew(folder)
	answer.Depends = created.Depends
	x.fileRules(answer, repository, slices.DeleteFunc(matching, func(at int) bool { return at > created.Rule }), folder)
}

// folderRules are the rules that match files of a folder.
func (x *explainer) folderRules(answer *Codeowners, repository *snapshot.Repository, patterns, files []string) {
	deciding, others, more := matchingFiles(patterns, files)
	answer.OverriddenMore, answer.Unmatched = more, len(files)
	states := map[string]bool{}
	for _, at := range slices.Sorted(maps.Keys(deciding)) {
		rule := x.pathRule(repository, at)
		rule.Files = deciding[at]
		answer.Unmatched -= rule.Files
		answer.Rules = append(answer.Rules, rule)
		states[stateOf(rule)] = true
	}
	slices.SortStableFunc(answer.Rules, func(a, b PathRule) int { return cmp.Compare(b.Files, a.Files) })
	for _, at := range others {
		answer.Overridden = append(answer.Overridden, x.pathRule(repository, at))
	}
	if answer.Unmatched > 0 {
		states[codeowners.Unmatched.String()] = true
	}
	answer.State = stateMixed
	if len(states) == 1 {
		for state := range states {
			answer.State = state
		}
	}
}

func stateOf(rule PathRule) string {
	if len(rule.Owners) == 0 {
		return codeowners.Unowned.String()
	}
	return codeowners.Owned.String()
}

// pathRule is a rule by its index, with its owners.
func (x *explainer) pathRule(repository *snapshot.Repository, at int) PathRule {
	rule, written := repository.Rules[at], repository.File.Rules()[at]
	found := PathRule{Rule: Rule{Location: repository.Location(rule.Line), Pattern: rule.Pattern}, Owners: []PathOwner{}}
	for i, holder := range rule.Owners {
		found.Owners = append(found.Owners, PathOwner{
			Text: written.Owners[i].Text, Holder: holder, Name: x.name(holder), Standing: x.standingAt(holder, repository.ID()),
		})
	}
	return found
}

// OwnersFiles is who may approve by the OWNERS files that one source reads.
type OwnersFiles struct {
	Source        string `json:"source"`
	Authoritative bool   `json:"authoritative,omitempty"`
	// Approvers may approve, Emeritus did.
	Approvers []PathOwner `json:"approvers"`
	Emeritus  []PathOwner `json:"emeritus,omitempty"`
	// Exempt says that nobody's approval is needed.
	Exempt  bool   `json:"exempt,omitempty"`
	Unknown string `json:"unknown,omitempty"`
}

// ownersFiles adds who may approve by OWNERS files.
func (x *explainer) ownersFiles(answer *Path, repository *snapshot.Repository) {
	owners := func(approvers []snapshot.Approver) []PathOwner {
		var found []PathOwner
		for _, approver := range approvers {
			found = append(found, PathOwner{
				Holder: approver.Holder, Name: x.name(approver.Holder), Standing: x.standingAt(approver.Holder, repository.ID()),
				Locations: approver.Locations,
			})
		}
		return found
	}
	for _, approval := range x.s.Approvals(repository, answer.probe()) {
		answer.Owners = append(answer.Owners, OwnersFiles{
			Source: approval.Source, Authoritative: approval.Authoritative, Approvers: orEmpty(owners(approval.Approvers)),
			Emeritus: owners(approval.Emeritus), Exempt: approval.Exempt, Unknown: approval.Unknown,
		})
		if approval.Unknown != "" {
			answer.Unknown = append(answer.Unknown, Unknown{"who approves by OWNERS files", approval.Unknown})
		}
	}
}
