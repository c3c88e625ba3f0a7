package identity

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

func person(id, source string, logins map[string]string, emails ...string) ownership.Person {
	p := ownership.Person{ID: id, Kind: ownership.Human, Logins: logins, Emails: emails}
	p.Source = source
	return p
}

func login(name string) map[string]string { return map[string]string{"github": name} }

// staff has each way in which names can meet.
func staff() []ownership.Person {
	return []ownership.Person{
		person("alice", "people", map[string]string{"github": "Alice-GH", "slack": "U123"}, "alice@acme.example"),
		person("bob", "people", login("bob"), "bob@acme.example", "team@acme.example"),
		person("carol", "people", login("carol"), "team@acme.example"),
		person("dan", "people", login("erin")), // erin's login, as far as erin has one
		person("erin", "people", login("erin")),
		person("frank", "people", login("carla")),
		person("carla", "people", login("carla-gh")),
		person("grace", "people", nil),
		person("alice-gh", "github-teams", login("Alice-GH")), // the same human, from a list of logins
		person("zoe", "github-teams", login("Zoe")),
	}
}

func TestOwner(t *testing.T) {
	cases := map[string]struct {
		reason string
		text   string
		want   ownership.Holder
		ok     bool
	}{
		"login":             {"a login leads to its person whatever its case", "@alice-gh", "user:alice", true},
		"upper case":        {"GitHub compares logins without regard to case", "@ALICE-GH", "user:alice", true},
		"login as id":       {"the usual case", "@bob", "user:bob", true},
		"nobody's login":    {"an unknown login stays itself", "@Mallory", "user:mallory", true},
		"only a list":       {"a login that only a list of logins has", "@zoe", "user:zoe", true},
		"shared login":      {"two people claim it: neither has it", "@erin", "", false},
		"id of another":     {"frank's login is carla's id", "@carla", "", false},
		"id, other login":   {"alice is an id, but her login is another: @alice is a stranger or a slip", "@alice", "", false},
		"id without login":  {"nothing says that grace has another login", "@grace", "user:grace", true},
		"team":              {"teams are not people", "@Acme/Payments", "team:acme/payments", true},
		"address":           {"an address leads to its person", "Alice@Acme.Example", "user:alice", true},
		"nobody's address":  {"an unknown address stays itself", "x@else.example", "user:x@else.example", true},
		"shared address":    {"two people claim it", "team@acme.example", "", false},
		"made-up address":   {"GitHub's address for a login", "123+alice-gh@users.noreply.github.com", "user:alice", true},
		"empty":             {"no owner at all", "", "", false},
		"at sign":           {"no owner either", "@", "", false},
		"bare word":         {"an owner has an at sign", "bob", "", false},
		"team of two parts": {"a team has two parts", "@acme/pay/ments", "", false},
	}
	directory := New(staff())
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			holder, ok := directory.Owner(c.text)
			if holder != c.want || ok != c.ok {
				t.Errorf("Owner(%q) = %q, %v; want %q, %v: %s", c.text, holder, ok, c.want, c.ok, c.reason)
			}
		})
	}
}

func TestAuthor(t *testing.T) {
	cases := map[string]struct {
		reason  string
		address string
		want    ownership.Holder
		ok      bool
	}{
		"known":            {"her address", "alice@acme.example", "user:alice", true},
		"spaces":           {"git keeps what was configured", " Bob@acme.example ", "user:bob", true},
		"made up":          {"the form with a number", "42+Alice-GH@users.noreply.github.com", "user:alice", true},
		"made up, old":     {"the form without", "bob@users.noreply.github.com", "user:bob", true},
		"own server":       {"a GitHub server of one's own", "bob@users.noreply.git.acme.example", "user:bob", true},
		"bot":              {"a bot's login has brackets", "49699333+dependabot[bot]@users.noreply.github.com", "user:dependabot[bot]", true},
		"plus in a login":  {"only digits before the plus are a number", "a+b@users.noreply.github.com", "user:a+b", true},
		"made up, unknown": {"it is the login that is meant, not the address", "7+mallory@users.noreply.github.com", "user:mallory", true},
		"made up, shared":  {"the login is ambiguous, so is its address", "7+erin@users.noreply.github.com", "", false},
		"shared":           {"two people claim the address", "team@acme.example", "", false},
		"unknown":          {"an address of nobody listed", "x@else.example", "user:x@else.example", true},
		"no address":       {"some tools write none", "", "", false},
	}
	directory := New(staff())
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			holder, ok := directory.Author(c.address)
			if holder != c.want || ok != c.ok {
				t.Errorf("Author(%q) = %q, %v; want %q, %v: %s", c.address, holder, ok, c.want, c.ok, c.reason)
			}
		})
	}
}

func TestLookups(t *testing.T) {
	directory := New(staff())
	type answer struct {
		ID string
		OK bool
	}
	got := map[string]answer{}
	for name, look := range map[string]func() (string, bool){
		"slack":           func() (string, bool) { return directory.Login("slack", "u123") },
		"slack of nobody": func() (string, bool) { return directory.Login("slack", "alice") },
		"email":           func() (string, bool) { return directory.Email("BOB@acme.example") },
		"email shared":    func() (string, bool) { return directory.Email("team@acme.example") },
	} {
		id, ok := look()
		got[name] = answer{id, ok}
	}
	want := map[string]answer{"slack": {"alice", true}, "slack of nobody": {}, "email": {"bob", true}, "email shared": {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCanonical(t *testing.T) {
	cases := map[string]struct {
		reason       string
		holder, want ownership.Holder
	}{
		"person":    {"is canonical already", "user:alice", "user:alice"},
		"login":     {"another source lists her by her login", "user:alice-gh", "user:alice"},
		"address":   {"an address is a name of hers too", "user:alice@acme.example", "user:alice"},
		"ambiguous": {"stays, since it is nobody's in particular", "user:team@acme.example", "user:team@acme.example"},
		"unknown":   {"stays", "user:mallory", "user:mallory"},
		"team":      {"is no person", "team:acme/alice-gh", "team:acme/alice-gh"},
	}
	directory := New(staff())
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := directory.Canonical(c.holder); got != c.want {
				t.Errorf("Canonical(%q) = %q, want %q: %s", c.holder, got, c.want, c.reason)
			}
		})
	}
}

// Whatever people are listed, in whatever order: a login leads to somebody who claims it, and to nobody
// if two do.
func TestDirectoryProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		count := rapid.IntRange(0, 6).Draw(t, "people")
		people := map[string]ownership.Person{}
		for range count {
			id := names.Draw(t, "id")
			people[id] = person(id, "one", login(names.Draw(t, "login")))
		}
		var list []ownership.Person
		for _, p := range people {
			list = append(list, p)
		}
		directory, reversed := New(list), New(rapid.Permutation(list).Draw(t, "order"))
		for _, name := range []string{"a", "b", "c", "d"} {
			var claimants []string
			for _, p := range list {
				if p.ID == name || p.Logins["github"] == name {
					claimants = append(claimants, p.ID)
				}
			}
			id, ok := directory.Login("github", name)
			if other, same := reversed.Login("github", name); other != id || same != ok {
				t.Fatalf("Login(%q) depends on the order of people: %q, %q", name, id, other)
			}
			if ok && (len(claimants) != 1 || claimants[0] != id || people[id].Logins["github"] != name) {
				t.Fatalf("Login(%q) = %q, but it is claimed by %v", name, id, claimants)
			}
			if holder, certain := directory.Owner("@" + name); certain && len(claimants) > 1 {
				t.Fatalf("Owner(@%s) = %s, but it is claimed by %v", name, holder, claimants)
			}
		}
	})
}
