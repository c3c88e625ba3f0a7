package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// The most that the table shows of each kind, unless it is verbose.
const (
	maxUnownedAreas = 20
	maxOtherAreas   = 10
	maxFolders      = 3
	maxRepositories = 10
)

// areaSection is how the areas of one state are shown.
type areaSection struct {
	state ownership.State
	name  string
	glyph string
	style style
	about string
	limit int
}

func areaSections() []areaSection {
	return []areaSection{
		{ownership.Unowned, "UNOWNED", "✗", alarm, "nobody answers for these", maxUnownedAreas},
		{ownership.Partial, "PARTLY OWNED", "◐", yellow, "something is missing", maxOtherAreas},
		{ownership.Unknown, "UNKNOWN", "?", cyan, "unknown is not unowned: what could not be read is held against nobody", maxOtherAreas},
	}
}

// areas shows every area that is not owned, the worst state first.
func (t *table) areas() {
	for _, section := range areaSections() {
		var areas []ownership.AreaResult
		for _, area := range t.result.Areas {
			if area.State == section.state {
				areas = append(areas, area)
			}
		}
		if len(areas) == 0 {
			continue
		}
		slices.SortStableFunc(areas, func(a, b ownership.AreaResult) int {
			return cmp.Or(cmp.Compare(t.knownRank(a), t.knownRank(b)), compareTiers(a.Tier, b.Tier))
		})
		about := count(len(areas), "area", "areas")
		if known := t.knownAreas(); section.state == ownership.Unowned && known != "" {
			about += ", " + known
		}
		about += ": " + section.about
		if section.state == ownership.Unowned && UnownedSeverity.Rank() < t.options.FailOn.Rank() {
			about += "; below " + string(t.options.FailOn) + ", so that none fails"
		}
		t.section(section.name, section.style, about)
		shown := areas[:t.bound(len(areas), section.limit)]
		nameWidth := widest(shown, t.width/2, func(area ownership.AreaResult) string { return Clean(string(area.ID)) })
		for _, area := range shown {
			t.area(area, section, nameWidth)
		}
		t.more("  ", len(areas)-len(shown))
	}
}

// knownRank puts the areas that a baseline knows or an exemption covers last.
func (t *table) knownRank(area ownership.AreaResult) int {
	if t.known[area.ID] != "" {
		return 1
	}
	return 0
}

// compareTiers puts named tiers first, in order, and areas without one last.
func compareTiers(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a))
	}
	return strings.Compare(a, b)
}

func (t *table) area(area ownership.AreaResult, section areaSection, nameWidth int) {
	about, nameStyle := []string{}, bold
	because := t.known[area.ID]
	if because != "" {
		about = append(about, knownWord(because))
		section.glyph, section.style, nameStyle = "·", dim, dim
	}
	if area.Tier != "" {
		about = append(about, "tier "+Clean(area.Tier))
	}
	if area.Team != "" {
		about = append(about, "team "+Clean(area.Team))
	}
	if place := t.place(area.Location); place != "" {
		if more := append(slices.Clone(about), "in "+place); nameWidth+6+cells(strings.Join(more, " · ")) <= t.width {
			about = more
		}
	}
	t.line(span{"  " + section.glyph + " ", section.style}, span{pad(Clean(string(area.ID)), nameWidth), nameStyle},
		span{"  " + strings.Join(about, " · "), dim})
	if area.Stalled != "" {
		t.wrapped([]span{{"    cannot be judged: ", plain}}, span{Clean(area.Stalled), plain})
	}
	if accepted := t.exempt[string(area.ID)]; accepted != "" {
		if because == "" && area.State == ownership.Unowned {
			accepted = strings.TrimRight(accepted, ".") + "; that is about the accountable alone, so the area counts all the same"
		}
		t.wrapped([]span{{"    ", plain}}, span{Clean(accepted), plain})
	}
	for i, requirement := range area.Requirements {
		if requirement.Status != ownership.Met {
			t.told[told{area: string(area.ID), role: requirement.Role}] = section.name
			if !slices.ContainsFunc(area.Requirements[:i], func(earlier ownership.Requirement) bool { return unknownAlike(earlier, requirement) }) {
				t.requirement(area, requirement)
			}
		}
	}
	if step := t.step(area); step != "" && area.Stalled == "" {
		t.wrapped([]span{{"    → ", dim}}, span{step, dim})
	}
}

// knownWord is why an unowned area fails nothing, in a word.
func knownWord(because string) string {
	if because == knownBecause {
		return "known"
	}
	return "exempt"
}

// requirement says what is not met and why, and for files which folders.
func (t *table) requirement(area ownership.AreaResult, requirement ownership.Requirement) {
	reason := Clean(requirement.Reason)
	if reason == "" {
		reason = map[ownership.RequirementStatus]string{
			ownership.Unmet: "nobody", ownership.PartlyUnmet: "not everywhere", ownership.UnknownIfMet: "unknown",
		}[requirement.Status]
	}
	if requirement.Role == ownership.Approver && requirement.Status != ownership.UnknownIfMet {
		if folders := t.folders(area.UnownedFiles); folders != "" {
			reason += " — " + folders
		}
	}
	var roles []string // of all that is unknown for one reason, which is said once
	for _, other := range area.Requirements {
		role := Clean(string(other.Role))
		if (other == requirement || unknownAlike(other, requirement)) && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	t.wrapped([]span{{"    " + strings.Join(roles, ", ") + ": ", plain}}, span{reason, plain})
}

// unknownAlike says whether it is unknown of two requirements, for one reason, whether they are met.
func unknownAlike(a, b ownership.Requirement) bool {
	return a.Status == ownership.UnknownIfMet && b.Status == a.Status && a.Reason == b.Reason && a.Reason != ""
}

// folders names the largest folders without an owner.
func (t *table) folders(folders []ownership.UnownedFolder) string {
	shown := folders[:t.bound(len(folders), maxFolders)]
	parts := make([]string, 0, len(shown)+1)
	for i, folder := range shown {
		name := t.folder(folder)
		if i > 0 && folder.Repository == shown[i-1].Repository {
			name = t.folderName(folder)
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", name, folder.Files))
	}
	if left := len(folders) - len(shown); left > 0 {
		parts = append(parts, fmt.Sprintf("+%d more", left))
	}
	return strings.Join(parts, ", ")
}

// folder names a folder, with its repository unless there is only one.
func (t *table) folder(folder ownership.UnownedFolder) string {
	if folder.Repository != t.only {
		return Clean(folder.Repository) + " " + t.folderName(folder)
	}
	return t.folderName(folder)
}

// repositories shows each repository's coverage as a bar, the worst first, and
// the largest folders without an owner.
func (t *table) repositories() {
	list := slices.Clone(t.result.Repositories)
	slices.SortStableFunc(list, func(a, b ownership.RepositoryResult) int {
		return cmp.Compare(coverageRank(a.Coverage), coverageRank(b.Coverage))
	})
	shown := list[:t.bound(len(list), maxRepositories)]
	if len(shown) > 0 {
		t.section("COVERAGE", bold, "")
	}
	nameWidth := widest(shown, t.width*2/5, func(r ownership.RepositoryResult) string { return Clean(r.ID) })
	for _, repository := range shown {
		t.repository(repository, nameWidth)
	}
	t.more("  ", len(list)-len(shown))
	t.largestFolders()
}

// coverageRank orders coverages, the worst first and the unknown last.
func coverageRank(coverage ownership.Coverage) float64 {
	if determined(coverage) <= 0 {
		return 2
	}
	return float64(coverage.Owned) / float64(determined(coverage))
}

func (t *table) repository(repository ownership.RepositoryResult, nameWidth int) {
	coverage := repository.Coverage
	lead := []span{{"  " + pad(Clean(repository.ID), nameWidth) + "  ", bold}}
	if determined(coverage) <= 0 {
		reason := Clean(coverage.Unknown)
		if reason == "" {
			reason = "no files"
		}
		t.wrapped(append(lead, span{"unknown  ", cyan}), span{reason, plain})
		return
	}
	const size = 20
	filled := coverage.Owned * size / determined(coverage)
	if filled == 0 && coverage.Owned > 0 {
		filled = 1
	}
	tone := green
	if coverage.Owned < determined(coverage) {
		tone = yellow
	}
	if coverage.Owned == 0 {
		tone = red
	}
	about := fmt.Sprintf("  %d of %s", coverage.Owned, count(determined(coverage), "file", "files"))
	if repository.Codeowners == "" {
		about += " · no CODEOWNERS"
	} else {
		about += fmt.Sprintf(" · %s, %s", Clean(repository.Codeowners), count(repository.Rules, "rule", "rules"))
	}
	t.line(append(lead, span{fmt.Sprintf("%4s ", Percent(coverage.Owned, determined(coverage))), plain},
		span{strings.Repeat("█", filled), tone}, span{strings.Repeat("░", size-filled), dim}, span{about, dim})...)
	if coverage.Unknown != "" {
		t.wrapped([]span{{strings.Repeat(" ", 4), plain}, {"not whole: ", cyan}}, span{Clean(coverage.Unknown), plain})
	}
}

// largestFolders lists the largest folders without an owner of all areas.
func (t *table) largestFolders() {
	var folders []ownership.UnownedFolder
	for _, area := range t.result.Areas {
		folders = append(folders, area.UnownedFiles...)
	}
	if len(folders) == 0 {
		return
	}
	slices.SortStableFunc(folders, func(a, b ownership.UnownedFolder) int { return cmp.Compare(b.Files, a.Files) })
	t.section("NO OWNER", red, "the largest folders first")
	shown := folders[:t.bound(len(folders), maxRepositories)]
	nameWidth := widest(shown, t.width-30, t.folder)
	for _, folder := range shown {
		note := ""
		if folder.Explicit > 0 {
			note = fmt.Sprintf("  %d unset by a rule without owners", folder.Explicit)
		}
		t.line(span{"  " + pad(t.folder(folder), nameWidth), plain},
			span{fmt.Sprintf("  %6d %s", folder.Files, plural(folder.Files, "file", "files")), plain}, span{note, dim})
	}
	t.more("  ", len(folders)-len(shown))
}
