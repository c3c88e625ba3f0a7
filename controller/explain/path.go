package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Path says which area a file or folder belongs to, who approves changes of it, and why.
type Path struct {
	Repository string `json:"repository"`
	// Path is relative to the repository's root, "" for the root; a folder has a slash at its end. Of a folder, the answer
	// is about the files below it, or, where there are none, about one yet to be created right in it.
	Path   string `json:"path"`
	Folder bool   `json:"folder,omitempty"`
	// Exists says that there is such a file, or a file in the folder; Files is how many files the answer is about.
	Exists bool `json:"exists"`
	Files  int  `json:"files"`
	// Areas are those that get the files, the one with most of them first. Unclaimed files fall to none.
	Areas     []PathArea `json:"areas"`
	Unclaimed int        `json:"unclaimed,omitempty"`
	// Claims are all that match, the most specific first.
	Claims []Claim `json:"claims"`
	// Unread say why another area may get files: an Area may claim them that cannot be read.
	Unread []string `json:"unread,omitempty"`
	// Conflicts say which areas tie for files, so that none gets them.
	Conflicts []string `json:"conflicts,omitempty"`
	// Codeowners is what each source of repositories says; the first one counts.
	Codeowners []Codeowners `json:"codeowners"`
	// Owners is what each source of OWNERS files says.
	Owners []OwnersFiles `json:"owners,omitempty"`
	// Roles are those of the area, where one alone gets all files.
	Roles   []Role    `json:"roles,omitempty"`
	Unknown []Unknown `json:"unknown"`
}

// PathArea is an area that gets files.
type PathArea struct {
	ID      ownership.AreaID `json:"id"`
	State   ownership.State  `json:"state,omitempty"`
	Files   int              `json:"files"`
	Virtual bool             `json:"virtual,omitempty"`
	// Suspended areas claim their files and are not judged.
	Suspended bool `json:"suspended,omitempty"`
}

// Claim is a pattern by which an area claims the path.
type Claim struct {
	Area     ownership.AreaID   `json:"area"`
	Pattern  string             `json:"pattern"`
	Location ownership.Location `json:"location,omitzero"`
	Status   ClaimStatus        `json:"status"`
	// Segments and Characters say how specific the pattern is: whole segments before its first wildcard, and then
	// characters that are none.
	Segments   int `json:"segments"`
	Characters int `json:"characters"`
}

// ClaimStatus is what became of a claim.
type ClaimStatus string

// The statuses of a claim.
const (
	// Wins: the area gets the path, or files of the folder, by this claim.
	Wins ClaimStatus = "wins"
	// LessSpecific: another claim is more specific.
	LessSpecific ClaimStatus = "less-specific"
	// Above: another claim is just as specific, and its area is below this one.
	Above ClaimStatus = "above"
	// Tied: another claim is just as specific, and neither area is below the other, so neither gets the path.
	Tied ClaimStatus = "tied"
)

// path explains one place in a repository.
func (x *explainer) path(place Place) *Path {
	repository := x.s.Repository(place.Repository)
	facts := repository.Facts
	answer := &Path{
		Repository: place.Repository, Path: place.Path, Folder: place.Path == "" || strings.HasSuffix(place.Path, "/"),
		Areas: []PathArea{}, Claims: []Claim{}, Unknown: []Unknown{},
	}
	var files []int
	if answer.Folder {
		from, to := below(facts.Files.Paths, place.Path)
		for i := from; i < to; i++ {
			files = append(files, i)
		}
	} else if at, found := slices.BinarySearch(facts.Files.Paths, place.Path); found {
		files = []int{at}
	}
	answer.Exists, answer.Files = len(files) > 0, len(files)
	x.claims(answer, repository, files)
	for _, seen := range append([]*snapshot.Repository{repository}, repository.Others...) {
		answer.Codeowners = append(answer.Codeowners, x.codeowners(seen, answer))
	}
	x.ownersFiles(answer, repository)
	if why := repository.Unknown(); why != "" {
		answer.Unknown = append(answer.Unknown, Unknown{"who owns the files", why})
	}
	if len(answer.Areas) == 1 && answer.Unclaimed == 0 && !answer.Areas[0].Suspended {
		area, result := x.result(answer.Areas[0].ID)
		for _, role := range x.s.Roles {
			answer.Roles = append(answer.Roles, x.role(role, area, result))
		}
		answer.Unknown = append(answer.Unknown, x.unknownBeside(area, answer.Roles)...)
	}
	return answer
}

// unknownBeside is what is unknown of an area beside its files, which the path says itself.
func (x *explainer) unknownBeside(area drift.Area, roles []Role) []Unknown {
	return slices.DeleteFunc(x.unknownOf(area, roles), func(u Unknown) bool {
		return u.What == "who owns the files" || u.What == "who worked there"
	})
}

// probe is a path that stands for the place: the file, or a new file in the folder, whose name no pattern speaks of.
func (p *Path) probe() string {
	if p.Folder {
		return p.Path + "-"
	}
	return p.Path
}

// claims says which areas get the files, and by which claims.
func (x *explainer) claims(answer *Path, repository *snapshot.Repository, files []int) {
	counts := map[*snapshot.AreaManifest]int{}
	for _, file := range files {
		counts[repository.Area(file)]++
	}
	ties := map[*snapshot.AreaManifest]string{}
	if len(files) == 0 {
		var area *snapshot.AreaManifest
		area, ties = x.s.Claimed(answer.Repository, answer.probe())
		counts[area] = 0
	} else if !answer.Folder && counts[nil] > 0 {
		_, ties = x.s.Claimed(answer.Repository, answer.Path)
	}
	if answer.Folder {
		for area, tie := range x.tiesIn(repository, files) {
			ties[area] = tie
		}
	}
	for area, count := range counts {
		if why := x.s.UnreadClaims(answer.Repository, area); why != "" {
			answer.Unread = append(answer.Unread, why)
		}
		if area == nil {
			answer.Unclaimed = count
			continue
		}
		found := PathArea{ID: area.ID, Files: count, Virtual: area.Virtual, Suspended: area.Suspended}
		if !area.Suspended {
			_, result := x.result(area.ID)
			found.State = result.State
		}
		answer.Areas = append(answer.Areas, found)
	}
	slices.SortFunc(answer.Areas, func(a, b PathArea) int {
		return cmp.Or(cmp.Compare(b.Files, a.Files), cmp.Compare(a.ID, b.ID))
	})
	slices.Sort(answer.Unread)
	answer.Unread = slices.Compact(answer.Unread)
	for _, why := range answer.Unread {
		answer.Unknown = append(answer.Unknown, Unknown{"which area the path belongs to", why})
	}
	answer.Conflicts = slices.Compact(slices.Sorted(maps.Values(ties)))
	x.addClaims(answer, repository, files, counts, ties)
}

// tiesIn are the ties for files of a folder that fall to nobody, by area.
func (x *explainer) tiesIn(repository *snapshot.Repository, files []int) map[*snapshot.AreaManifest]string {
	ties := map[*snapshot.AreaManifest]string{}
	for _, area := range x.outcome.Areas {
		if !strings.HasPrefix(area.Stalled, snapshot.ScopeConflict+":") || !slices.Contains(area.Repositories, repository.ID()) {
			continue
		}
		for _, file := range files {
			if repository.Area(file) != nil {
				continue
			}
			if _, found := x.s.Claimed(repository.ID(), repository.Facts.Files.Paths[file]); found[area.AreaManifest] != "" {
				ties[area.AreaManifest] = found[area.AreaManifest]
				break
			}
		}
	}
	return ties
}

// addClaims lists the claims that match, and what became of each.
func (x *explainer) addClaims(answer *Path, repository *snapshot.Repository, files []int, counts map[*snapshot.AreaManifest]int, ties map[*snapshot.AreaManifest]string) {
	all := x.s.Claims(answer.Repository)
	if !answer.Folder && codeowners.IsSensitive(answer.probe()) {
		all = slices.DeleteFunc(all, func(claim snapshot.Claim) bool { return claim.Ordinary })
	}
	patterns := make([]string, len(all))
	for i, claim := range all {
		patterns[len(all)-1-i] = claim.Pattern // the last of the patterns is the most specific, as in CODEOWNERS
	}
	var matching []int
	if answer.Folder && len(files) > 0 {
		deciding, others, _ := matchingFiles(patterns, pathsOf(repository, files))
		matching = slices.Sorted(maps.Keys(deciding))
		matching = append(matching, others...)
		slices.Sort(matching)
	} else {
		matching = matchingOne(patterns, answer.probe())
	}
	won := map[*snapshot.AreaManifest]bool{}
	for _, at := range slices.Backward(matching) {
		from := all[len(all)-1-at]
		claim := Claim{Area: from.Area.ID, Pattern: from.Pattern, Location: x.claimLocation(from, answer.Repository), Status: LessSpecific}
		claim.Segments, claim.Characters = snapshot.Specificity(from.Pattern)
		_, gets := counts[from.Area]
		first := len(answer.Claims) == 0 || specificity(claim) == specificity(answer.Claims[0])
		switch {
		case gets && (answer.Folder || !won[from.Area]):
			claim.Status, won[from.Area] = Wins, true
		case ties[from.Area] != "" && (answer.Folder || first):
			claim.Status = Tied
		case first && !gets && !answer.Folder:
			claim.Status = Above
		}
		answer.Claims = append(answer.Claims, claim)
	}
	slices.SortStableFunc(answer.Claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(b.Segments, a.Segments), cmp.Compare(b.Characters, a.Characters),
			cmp.Compare(claimRank(a), claimRank(b)), cmp.Compare(a.Area, b.Area))
	})
}

func specificity(c Claim) [2]int { return [2]int{c.Segments, c.Characters} }

// claimLocation is the line of the manifest that makes a claim.
func (x *explainer) claimLocation(claim snapshot.Claim, repository string) ownership.Location {
	for _, object := range x.outcome.Manifests().Areas {
		if ownership.DeclaredArea(object.Value.Namespace, object.Value.Name) != claim.Area.ID {
			continue
		}
		for i, scope := range object.Value.Spec.Scope.Repositories {
			field := fmt.Sprintf("spec.scope.repositories[%d]", i)
			if !strings.EqualFold(scope.Name, repository) {
				continue
			}
			if len(scope.Paths) == 0 && claim.Pattern == "*" {
				return object.FieldLocation(field)
			}
			for j, path := range scope.Paths {
				if "/"+strings.TrimPrefix(path, "/") == claim.Pattern {
					return object.FieldLocation(fmt.Sprintf("%s.paths[%d]", field, j))
				}
			}
		}
	}
	return claim.Area.Location
}

func claimRank(c Claim) int {
	return slices.Index([]ClaimStatus{Wins, Tied, Above, LessSpecific}, c.Status)
}

func pathsOf(repository *snapshot.Repository, files []int) []string {
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = repository.Facts.Files.Paths[file]
	}
	return paths
}
