package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// The most holders and places that one step names.
const (
	maxStepHolders = 2
	maxStepPlaces  = 3
)

// step is the next thing to do about an area that is known to lack something:
//
//	a role or file whose holder is invalid     replace the holder, or mend what is wrong with it
//	a role for which too many are declared     keep one of them
//	a role lacks                               name a holder where the area is declared
//	the same, of an area without a manifest    write the manifest
//	files of a declared approver               name them in CODEOWNERS, which a plan does
//	files for which no rule names anybody      add a rule to CODEOWNERS, or the file itself
func (t *table) step(area ownership.AreaResult) string {
	var lacking, roles []ownership.Role
	var steps []string
	for _, requirement := range area.Requirements {
		if requirement.Status == ownership.Unmet || requirement.Status == ownership.PartlyUnmet {
			lacking = append(lacking, requirement.Role)
		}
	}
	steps = append(steps, t.holderSteps(area, lacking)...)
	for _, role := range lacking {
		switch {
		case role == ownership.Approver || len(invalidHolders(area, []ownership.Role{role})) > 0:
		case t.tooMany(area, role) != "":
			steps = append(steps, t.tooMany(area, role)+t.inManifest(area))
		default:
			roles = append(roles, role)
		}
	}
	switch names := roleNames(roles); {
	case names == "":
	case area.Virtual:
		steps = append(steps, "write an Area manifest for it, which names "+names)
	default:
		steps = append(steps, "name "+names+t.inManifest(area))
	}
	if slices.Contains(lacking, ownership.Approver) {
		if step := t.fileStep(area); step != "" {
			steps = append(steps, step)
		}
	}
	return strings.Join(steps, "; ")
}

func roleNames(roles []ownership.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = "the " + Clean(string(role))
	}
	return strings.Join(names, ", ")
}

func (t *table) inManifest(area ownership.AreaResult) string {
	if place := t.place(area.Location); place != "" {
		return " in " + place
	}
	return ""
}

// invalidHolders is the invalid drift of roles.
func invalidHolders(area ownership.AreaResult, roles []ownership.Role) []ownership.Drift {
	var found []ownership.Drift
	for _, drift := range area.Drift {
		if drift.Kind == ownership.Invalid && slices.Contains(roles, drift.Role) {
			found = append(found, drift)
		}
	}
	return found
}

// holderSteps mend the invalid holders of roles that lack one, each with all the places that name it.
func (t *table) holderSteps(area ownership.AreaResult, lacking []ownership.Role) []string {
	type fault struct {
		holder ownership.Holder
		reason string
	}
	var faults []fault
	places := map[fault][]ownership.Location{}
	for _, drift := range invalidHolders(area, lacking) {
		at := fault{drift.Holder, drift.Reason}
		if !slices.Contains(faults, at) {
			faults = append(faults, at)
		}
		places[at] = append(places[at], replaceable(area, drift)...)
	}
	var steps []string
	for _, at := range faults[:t.bound(len(faults), maxStepHolders)] {
		steps = append(steps, t.remedy(at.holder, at.reason, places[at]))
	}
	if left := len(faults) - len(steps); left > 0 {
		steps = append(steps, "and so for "+count(left, "more holder", "more holders"))
	}
	return steps
}

// replaceable are the places in which a holder can be replaced: rules of CODEOWNERS, and manifests. What a
// policy declares follows from somebody else's role, and is settled there.
func replaceable(area ownership.AreaResult, drift ownership.Drift) []ownership.Location {
	var places []ownership.Location
	for _, place := range drift.Locations {
		byPolicy := slices.ContainsFunc(area.Declared.Of(drift.Role), func(d ownership.Declaration) bool {
			return d.Layer == ownership.LayerPolicy && d.Location == place
		})
		if !byPolicy && place.File != "" {
			places = append(places, place)
		}
	}
	return places
}

// remedy says what mends an invalid holder:
//
//	left, absent, placeholder    another holder
//	empty, inactive              people, or another holder
//	no-access                    write access, or another holder
//	secret                       to be visible, or another holder
func (t *table) remedy(holder ownership.Holder, reason string, locations []ownership.Location) string {
	name := Clean(string(holder))
	replace, repository := "replace "+name, ""
	var places []string
	for _, location := range locations {
		if place := t.place(location); !slices.Contains(places, place) {
			places = append(places, place)
		}
		if location.Repository != "" {
			repository = " to " + Clean(location.Repository)
		}
	}
	mend := map[string]string{
		"empty": "add people to " + name, "inactive": "add people to " + name,
		"no-access": "give " + name + " write access" + repository, "secret": "make " + name + " visible",
	}[reason]
	if mend != "" {
		replace = mend + ", or replace it"
	}
	if len(places) == 0 {
		return replace
	}
	shown := places[:t.bound(len(places), maxStepPlaces)]
	text := replace + " in " + strings.Join(shown, " and ")
	if left := len(places) - len(shown); left > 0 {
		text += fmt.Sprintf(" and %s", count(left, "more place", "more places"))
	}
	return text
}

// tooMany is the step where more holders of a role are declared than can be, so that none counts.
func (t *table) tooMany(area ownership.AreaResult, role ownership.Role) string {
	var names []string
	for _, declaration := range slices.Concat(area.Declared.Of(role), area.Refused.Of(role)) {
		names = append(names, Clean(string(declaration.Holder)))
	}
	last := len(names) - 1
	if last < 1 {
		return ""
	}
	return fmt.Sprintf("keep one of %s and %s as the %s", strings.Join(names[:last], ", "), names[last], Clean(string(role)))
}

// fileStep is about the files for which no rule names anybody. Those with invalid owners are settled by
// replacing these; nothing tells the two apart by folder, so that a folder is named only if it holds more files
// than invalid owners have.
func (t *table) fileStep(area ownership.AreaResult) string {
	invalid := filesOfInvalid(area)
	unnamed := area.Coverage.Total - area.Coverage.Undetermined - area.Coverage.Effective - invalid
	if len(area.UnownedFiles) == 0 || (invalid > 0 && unnamed <= 0) {
		return ""
	}
	if step := t.repairStep(area); step != "" {
		return step
	}
	if names := unnamedApprovers(area); len(names) > 0 {
		return fmt.Sprintf("name %s, as declared, in %s (`remit plan` shows how)", strings.Join(t.few(names), ", "), t.codeownersOf(area.UnownedFiles[0].Repository))
	}
	if area.UnownedFiles[0].Files > invalid {
		return t.ruleStep(area.UnownedFiles[0])
	}
	return "give the other " + count(unnamed, "file", "files") + " an owner"
}

// repairStep is to make a CODEOWNERS file count of which no rule is in force: a rule that is added there would not be either.
func (t *table) repairStep(area ownership.AreaResult) string {
	for _, folder := range area.UnownedFiles {
		if seen, known := t.repositoryOf(folder); known && seen.NotInForce != "" {
			return "repair " + t.codeownersOf(folder.Repository) + ", of which no rule is in force: " + Clean(seen.NotInForce)
		}
	}
	return ""
}

// unnamedApprovers are those who are declared approvers, could be, and are not named in CODEOWNERS, or not for all files.
func unnamedApprovers(area ownership.AreaResult) []string {
	var names []string
	invalid := invalidHolders(area, []ownership.Role{ownership.Approver})
	for _, drift := range area.Drift {
		dead := slices.ContainsFunc(invalid, func(i ownership.Drift) bool { return i.Holder == drift.Holder })
		if drift.Kind == ownership.Missing && drift.Role == ownership.Approver && !dead {
			names = append(names, Clean(string(drift.Holder)))
		}
	}
	return names
}

// OnlyUnnamed says whether an area lacks nothing but that its declared approvers are named in CODEOWNERS, so that nobody
// has to be found for it.
func OnlyUnnamed(area ownership.AreaResult) bool {
	return (area.State == ownership.Unowned || area.State == ownership.Partial) && lacksOnly(area, ownership.Approver) && len(unnamedApprovers(area)) > 0
}

// codeownersOf names a repository's CODEOWNERS file, or where it is to be.
func (t *table) codeownersOf(repository string) string {
	file := ".github/CODEOWNERS"
	if seen, known := t.repositoryOf(ownership.UnownedFolder{Repository: repository}); known && seen.Codeowners != "" {
		file = seen.Codeowners
	}
	return t.place(ownership.Location{Repository: repository, File: file})
}

// filesOfInvalid is of how many files invalid approvers are the owners, at most. Those whom the same rules
// name have the same files.
func filesOfInvalid(area ownership.AreaResult) int {
	byRules := map[string]int{}
	for _, drift := range invalidHolders(area, []ownership.Role{ownership.Approver}) {
		for _, observed := range area.Observed.Of(ownership.Approver) {
			if observed.Holder == drift.Holder {
				rules := fmt.Sprint(observed.Locations)
				byRules[rules] = max(byRules[rules], observed.Files)
			}
		}
	}
	files := max(0, area.Coverage.Owned-area.Coverage.Effective)
	total := 0
	for _, n := range byRules {
		total += n
	}
	return max(files, total)
}

func (t *table) ruleStep(folder ownership.UnownedFolder) string {
	repository, known := t.repositoryOf(folder)
	if !known || repository.Codeowners == "" {
		return "add a CODEOWNERS file: " + t.place(ownership.Location{Repository: folder.Repository, File: ".github/CODEOWNERS"})
	}
	pattern := "/" + strings.TrimPrefix(Clean(folder.Folder), "/")
	switch {
	case folder.Folder != "/":
	case !t.wholeRepository(folder):
		pattern = "/*"
	case folder.Files < repository.Coverage.Total:
		pattern = "its files"
	default:
		pattern = "*"
	}
	return fmt.Sprintf("give %s an owner in %s", pattern,
		t.place(ownership.Location{Repository: repository.ID, File: repository.Codeowners}))
}

func (t *table) repositoryOf(folder ownership.UnownedFolder) (ownership.RepositoryResult, bool) {
	for _, repository := range t.result.Repositories {
		if repository.ID == folder.Repository {
			return repository, true
		}
	}
	return ownership.RepositoryResult{}, false
}

// wholeRepository says whether the folder "/" stands for all files below it, since nothing in the repository has
// a valid owner, and not for the files at the root alone.
func (t *table) wholeRepository(folder ownership.UnownedFolder) bool {
	repository, known := t.repositoryOf(folder)
	return known && folder.Folder == "/" && determined(repository.Coverage) > 0 && repository.Coverage.Effective == 0
}

// folderName names a folder; "/" is all files, or those at the root, as the repository has it.
func (t *table) folderName(folder ownership.UnownedFolder) string {
	repository, _ := t.repositoryOf(folder)
	switch {
	case folder.Folder != "/":
		return Clean(folder.Folder)
	case !t.wholeRepository(folder):
		return "files at the root"
	case folder.Files < determined(repository.Coverage):
		return "its files"
	}
	return "all files"
}
