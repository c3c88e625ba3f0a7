package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// notFound says that nothing was found, and what comes near.
func (x *explainer) notFound(text string, as Kind) error {
	notFound := &NotFound{Question: text, As: as}
	if as == "" || as == KindArea {
		for _, object := range x.outcome.Manifests().Areas {
			id := ownership.DeclaredArea(object.Value.Namespace, object.Value.Name)
			if object.Value.Spec.Suspend && (string(id) == text || object.Value.Name == text) {
				notFound.Why = "the area is suspended, so nothing is judged of it"
				return notFound
			}
		}
	}
	if as == "" || as == KindArea {
		if why := x.claimed(text); why != "" {
			notFound.Why = why
			return notFound
		}
	}
	for _, near := range []struct {
		kind Kind
		find func(string) string
	}{{KindArea, x.nearArea}, {KindHolder, x.nearHolder}, {KindPath, x.nearPath}} {
		if as != "" && as != near.kind {
			continue
		}
		if name := near.find(text); name != "" {
			notFound.Near = Meaning{near.kind, name}
			return notFound
		}
	}
	return notFound
}

// claimed says why a repository has no area of its own: declared areas have its files. Empty where the text names none.
func (x *explainer) claimed(text string) string {
	repository := x.s.Repository(strings.ToLower(strings.TrimPrefix(text, "repository:")))
	if repository == nil {
		return ""
	}
	var areas []string
	for _, area := range x.outcome.Areas {
		if slices.Contains(area.Repositories, repository.ID()) && !area.Virtual {
			areas = append(areas, string(area.ID))
		}
	}
	if len(areas) == 0 {
		return ""
	}
	text = "no area stands for the repository, since its files belong to declared ones: " + strings.Join(areas[:min(len(areas), maxClaimants)], ", ")
	if left := len(areas) - maxClaimants; left > 0 {
		text += fmt.Sprintf(" and %d more", left)
	}
	return text
}

// maxClaimants bounds how many areas of a repository are named.
const maxClaimants = 6

// nearArea is the ID of the area that a misspelt ID or name may mean.
func (x *explainer) nearArea(text string) string {
	byName := map[string]string{}
	for _, area := range x.outcome.Areas {
		byName[string(area.ID)] = string(area.ID)
		if _, taken := byName[area.Name]; !taken {
			byName[area.Name] = string(area.ID)
		}
	}
	return byName[nearest.Name(text, slices.Collect(maps.Keys(byName)))]
}

// nearHolder is the holder whom a misspelt one may mean.
func (x *explainer) nearHolder(text string) string {
	bare := strings.TrimPrefix(text, "@")
	if _, name, found := strings.Cut(text, ":"); found && isHolder(text) {
		bare = name
	}
	byName := map[string]string{}
	for _, holder := range slices.Sorted(maps.Keys(x.everyone)) {
		names := []string{holder.Name()}
		if person := x.s.People.Persons[holder]; person != nil {
			names = slices.Concat(names, slices.Collect(maps.Values(person.Logins)), person.Emails)
		}
		for _, name := range names {
			if _, taken := byName[name]; !taken {
				byName[name] = string(holder)
			}
		}
	}
	if holder, same := byName[bare]; same { // of another kind, such as team:acme/ada
		return holder
	}
	return byName[nearest.Name(bare, slices.Collect(maps.Keys(byName)))]
}

// nearPath is the path that a misspelt one may mean: what comes near its first name that is not there.
func (x *explainer) nearPath(text string) string {
	for _, repository := range x.s.Repositories {
		path := text
		if before, after, found := strings.Cut(text, ":"); found && strings.EqualFold(before, repository.ID()) {
			path = after
		}
		if near := nearIn(repository, strings.TrimPrefix(path, "./")); near != "" {
			return Place{Repository: repository.ID(), Path: near}.String()
		}
	}
	return ""
}

func nearIn(repository *snapshot.Repository, path string) string {
	folder := ""
	for rest := path; rest != ""; {
		name, after, _ := strings.Cut(rest, "/")
		if place, exists := find(repository, folder+name); exists && strings.HasSuffix(place.Path, "/") {
			folder, rest = place.Path, after
			continue
		}
		near := nearest.Name(name, namesIn(repository.Facts.Files.Paths, folder))
		if near == "" {
			return ""
		}
		if whole := folder + near + "/" + after; after != "" {
			if place, exists := find(repository, whole); exists {
				return place.Path
			}
		}
		place, _ := find(repository, folder+near)
		return place.Path
	}
	return ""
}

// namesIn are the names of the files and folders right in a folder.
func namesIn(files []string, folder string) []string {
	var names []string
	from, to := below(files, folder)
	for _, file := range files[from:to] {
		name, _, _ := strings.Cut(file[len(folder):], "/")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}
