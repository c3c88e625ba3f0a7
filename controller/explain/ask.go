package explain

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Explain answers a question about what a pass found. The error is an *Unclear where it has several meanings, a *NotFound
// where it has none.
func Explain(outcome *engine.Outcome, question Question) (*Answer, error) {
	x := newExplainer(outcome)
	meant, err := x.meaning(question)
	if err != nil {
		return nil, err
	}
	answer := &Answer{At: outcome.Snapshot.Now, Question: question.Text, Kind: meant.kind}
	switch meant.kind {
	case KindArea:
		answer.Area = x.area(meant.area)
	case KindPath:
		answer.Path = x.path(meant.place)
	default:
		answer.Holder = x.holder(meant.holder)
	}
	return answer, nil
}

// Areas are the areas that a name can mean: the one with that ID, or else all of that name. A virtual area's name is its
// repository's.
func Areas(areas []drift.Area, name string) []ownership.AreaID {
	var named []ownership.AreaID
	for _, area := range areas {
		switch {
		case string(area.ID) == name:
			return []ownership.AreaID{area.ID}
		case area.Name == name, area.Virtual && strings.EqualFold(area.Name, name):
			named = append(named, area.ID)
		}
	}
	slices.Sort(named)
	return named
}

// explainer answers questions about one pass.
type explainer struct {
	outcome *engine.Outcome
	s       *snapshot.Snapshot
	// everyone is each holder who is known, or named anywhere.
	everyone map[ownership.Holder]bool
	// assignments are by what declarations say they are by, "roleassignment payments/acting-lead".
	assignments map[string]*Assignment
	// files counts each area's files by the CODEOWNERS rule that decides, once they are asked for.
	files map[filesKey]map[int32]int
}

type filesKey struct {
	area       *snapshot.AreaManifest
	repository *snapshot.Repository
}

func newExplainer(outcome *engine.Outcome) *explainer {
	x := &explainer{outcome: outcome, s: outcome.Snapshot, files: map[filesKey]map[int32]int{}}
	x.addAssignments()
	x.addEveryone()
	return x
}

// addEveryone finds all holders: people and teams that are listed, and all that anything names.
func (x *explainer) addEveryone() {
	x.everyone = map[ownership.Holder]bool{}
	for holder := range x.s.People.Persons {
		x.everyone[holder] = true
	}
	for team := range x.s.People.Teams {
		x.everyone[team] = true
		for _, member := range x.s.People.Members(team) {
			x.everyone[member] = true
		}
	}
	for _, area := range x.outcome.Areas {
		for _, observed := range area.Observed.All() {
			for _, o := range observed {
				x.everyone[o.Holder] = true
			}
		}
		for _, role := range x.s.Roles {
			for _, layer := range x.outcome.Layers(area.ID, role.Role) {
				for _, declaration := range layer.Declarations {
					x.everyone[declaration.Holder] = true
				}
			}
		}
		for _, contributor := range area.Contributors {
			x.everyone[contributor.Holder] = true
		}
		for _, former := range area.Emeritus {
			x.everyone[former.Holder] = true
		}
	}
	for _, assignment := range x.assignments {
		for _, holder := range assignment.Holders {
			x.everyone[holder] = true
		}
	}
	for _, repository := range x.s.Repositories {
		for _, rule := range repository.Rules {
			for _, owner := range rule.Owners {
				x.everyone[owner] = true
			}
		}
	}
}

// meaning is what a question turned out to be about.
type meaning struct {
	kind   Kind
	area   ownership.AreaID
	place  Place
	holder ownership.Holder
}

func (m meaning) name() Meaning {
	switch m.kind {
	case KindArea:
		return Meaning{m.kind, string(m.area)}
	case KindPath:
		return Meaning{m.kind, m.place.String()}
	}
	return Meaning{m.kind, string(m.holder)}
}

// meaning finds the one thing that a question is about:
//
//	"@…", "user:…", "team:…", "schedule:…"   a holder and nothing else
//	--as                                     that kind and nothing else
//	an area's ID or name, a path on disk, a name, login or address: all that it can be
//	else a path in any repository that is observed
//	one of these                             that one
//	several                                  Unclear
//	none                                     NotFound, with what comes near
//
// A path in some repository does not make an area of that name unclear: most areas are called like their folders.
func (x *explainer) meaning(question Question) (meaning, error) {
	as := question.As
	if as == "" && isHolder(question.Text) {
		as = KindHolder
	}
	var found []meaning
	if as == "" || as == KindArea {
		for _, id := range Areas(x.outcome.Areas, question.Text) {
			found = append(found, meaning{kind: KindArea, area: id})
		}
	}
	if place := question.Place; place != nil && (place.Exists && as != KindArea && as != KindHolder || as == KindPath && x.named(question.Text) == nil) {
		found = append(found, meaning{kind: KindPath, place: *place})
	}
	if as == "" || as == KindHolder {
		for _, holder := range x.holders(question.Text) {
			found = append(found, meaning{kind: KindHolder, holder: holder})
		}
	}
	if len(found) == 0 && as != KindArea && as != KindHolder {
		for _, place := range x.places(question.Text) {
			found = append(found, meaning{kind: KindPath, place: place})
		}
	}
	switch len(found) {
	case 0:
		return meaning{}, x.notFound(question.Text, as)
	case 1:
		return found[0], nil
	}
	unclear := &Unclear{Question: question.Text}
	for _, m := range found {
		unclear.Meanings = append(unclear.Meanings, m.name())
	}
	return meaning{}, unclear
}

// places are the paths that a text can mean: what is written "organisation/name:path", which need not exist, or a path in
// any repository.
func (x *explainer) places(text string) []Place {
	if place := x.named(text); place != nil {
		return []Place{*place}
	}
	var places []Place
	for _, repository := range x.s.Repositories {
		if place, exists := find(repository, text); exists && place.Path != "" {
			places = append(places, place)
		}
	}
	return places
}

// named is the place that a text names as "organisation/name:path"; nil where it names none.
func (x *explainer) named(text string) *Place {
	before, after, _ := strings.Cut(text, ":")
	repository := x.s.Repository(strings.ToLower(before))
	if repository == nil || before == text {
		return nil
	}
	place, _ := find(repository, after)
	return &place
}

// find finds a path among the files of a repository; a folder gets a slash at its end.
func find(repository *snapshot.Repository, path string) (place Place, exists bool) {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "./"), "/")
	if path == "." {
		path = ""
	}
	files := repository.Facts.Files.Paths
	place = Place{Repository: repository.ID(), Path: path, Exists: true}
	if _, exists = slices.BinarySearch(files, path); exists {
		return place, true
	}
	folder := path
	if folder != "" && !strings.HasSuffix(folder, "/") {
		folder += "/"
	}
	if from, to := below(files, folder); from < to || folder == "" {
		place.Path = folder
		return place, true
	}
	place.Exists = false
	return place, false
}

// below are the indexes of the sorted files in a folder.
func below(files []string, folder string) (from, to int) {
	if folder == "" {
		return 0, len(files)
	}
	from, _ = slices.BinarySearch(files, folder)
	end := folder[:len(folder)-1] + "0" // the character after "/"
	to, _ = slices.BinarySearch(files, end)
	return from, to
}

// holders are the holders that a text can mean: one by its canonical name, a login, an address, a person's own name or
// ID, a team by its ID or name.
func (x *explainer) holders(text string) []ownership.Holder {
	people := x.s.People
	found := map[ownership.Holder]bool{}
	add := func(holder ownership.Holder) {
		if holder != "" && x.everyone[holder] {
			found[holder] = true
		}
	}
	if holder, err := ownership.ParseHolder(text); err == nil {
		if holder.Kind() == ownership.HolderUser {
			add(people.Person(holder.Name()))
		}
		add(holder)
		return slices.Sorted(maps.Keys(found))
	}
	bare := strings.TrimPrefix(text, "@")
	add(people.Holder("@" + bare))
	if strings.Contains(bare, "/") {
		add(ownership.TeamHolder(bare))
	} else {
		add(people.Person(bare))
		if strings.Contains(bare, "@") {
			add(people.Holder(bare))
			add(people.Author(bare))
		}
		add(ownership.User(bare))
	}
	if len(found) == 0 || ambiguousAmong(found) {
		x.byDetails(bare, found)
	}
	return slices.Sorted(maps.Keys(found))
}

// ambiguousAmong says whether the directory could not tell whom a name means, and takes what it said instead out.
func ambiguousAmong(found map[ownership.Holder]bool) bool {
	before := len(found)
	maps.DeleteFunc(found, func(holder ownership.Holder, _ bool) bool { return strings.HasSuffix(string(holder), "?") })
	return len(found) < before
}

// byDetails adds everybody one of whose names, logins or addresses is the text.
func (x *explainer) byDetails(text string, found map[ownership.Holder]bool) {
	for holder, person := range x.s.People.Persons {
		same := strings.EqualFold(person.Name, text) || strings.EqualFold(person.ID, text)
		for _, login := range person.Logins {
			same = same || strings.EqualFold(login, text)
		}
		if same || slices.Contains(person.Emails, strings.ToLower(text)) {
			found[holder] = true
		}
	}
	for holder, team := range x.s.People.Teams {
		if _, slug, _ := strings.Cut(team.ID, "/"); strings.EqualFold(slug, text) || strings.EqualFold(team.Name, text) {
			found[holder] = true
		}
	}
}

// name is what people call a holder; empty where nobody says.
func (x *explainer) name(holder ownership.Holder) string {
	if person := x.s.People.Persons[holder]; person != nil {
		return person.Name
	}
	if team := x.s.People.Teams[holder]; team != nil {
		return team.Name
	}
	return ""
}

// result finds an area and what was found of it.
func (x *explainer) result(id ownership.AreaID) (drift.Area, ownership.AreaResult) {
	at, _ := slices.BinarySearchFunc(x.outcome.Areas, id, func(area drift.Area, id ownership.AreaID) int {
		return cmp.Compare(area.ID, id)
	})
	return x.outcome.Areas[at], x.outcome.Result.Areas[at]
}
