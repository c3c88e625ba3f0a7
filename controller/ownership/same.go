package ownership

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
)

// Same says whether two provenances state the same. When the fact was read does not count: a source that is read again
// and says what it said before has not changed.
func (p Provenance) Same(other Provenance) bool {
	return p.Source == other.Source && p.Location == other.Location && p.Unknown == other.Unknown
}

// Same says whether both state the same of a person.
func (p *Person) Same(other *Person) bool {
	return p.SameIdentity(other) && p.Kind == other.Kind && p.Ends.Equal(other.Ends) && p.Provenance.Same(other.Provenance)
}

// SameIdentity says whether both are found by the same ID, logins and addresses, and say as much of who they are.
func (p *Person) SameIdentity(other *Person) bool {
	return p.ID == other.ID && p.Name == other.Name && p.Source == other.Source &&
		(p.Kind == Human) == (other.Kind == Human) && p.Ends.IsZero() == other.Ends.IsZero() && SameMap(p.Logins, other.Logins) && slices.Equal(p.Emails, other.Emails)
}

// Same says whether both state the same of a team.
func (t *Team) Same(other *Team) bool {
	return t.ID == other.ID && t.Name == other.Name && t.Parent == other.Parent && t.Secret == other.Secret &&
		slices.Equal(t.Members, other.Members) && slices.Equal(t.Maintainers, other.Maintainers) &&
		SameMap(t.Repositories, other.Repositories) && t.Provenance.Same(other.Provenance)
}

// Same says whether both state the same of a repository. Lists that a source hands out again are not compared one by one.
func (r *Repository) Same(other *Repository) bool {
	return r.ID == other.ID && r.Root == other.Root && r.Head == other.Head && r.Provenance.Same(other.Provenance) &&
		r.Codeowners.Path == other.Codeowners.Path && r.Codeowners.Link == other.Codeowners.Link && bytes.Equal(r.Codeowners.Text, other.Codeowners.Text) &&
		r.Codeowners.Provenance.Same(other.Codeowners.Provenance) &&
		r.Files.Provenance.Same(other.Files.Provenance) && sameList(r.Files.Paths, other.Files.Paths, func(a, b string) bool { return a == b }) &&
		r.History.Same(&other.History)
}

// Same says whether both have the same commits. From does not count: it moves with the moment of looking, and shows in the
// commits where it matters.
func (h *History) Same(other *History) bool {
	return h.Provenance.Same(other.Provenance) && sameList(h.Commits, other.Commits, Commit.same)
}

func (c Commit) same(other Commit) bool {
	return c.ID == other.ID && c.Author == other.Author && c.AuthorName == other.AuthorName && c.When.Equal(other.When) &&
		slices.Equal(c.Paths, other.Paths)
}

// sameList compares lists, and takes one that is the very same for granted: facts are never changed in place.
func sameList[T any](a, b []T, same func(a, b T) bool) bool {
	if len(a) != len(b) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0] || slices.EqualFunc(a, b, same)
}

// SameMap compares maps, and takes one that is the very same for granted: facts are never changed in place.
func SameMap[K, V comparable](a, b map[K]V) bool {
	return len(a) == len(b) && (reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer() || maps.Equal(a, b))
}
