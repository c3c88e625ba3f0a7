package record

import (
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func source(c *codec, s *snapshot.Source) {
	text(c, plain, &s.Name)
	text(c, word, &s.Kind)
	texts(c, plain, &s.Authority.Roles)
	texts(c, plain, &s.Authority.Repositories)
	c.flag(&s.Discover)
	text(c, word, &s.Mode)
	texts(c, plain, &s.Names)
	observation(c, &s.Observation)
}

func status(c *codec, s *ownership.SourceStatus) {
	text(c, plain, &s.Name)
	text(c, word, &s.Kind)
	c.moment(&s.At)
	text(c, prose, &s.Unknown)
	c.moment(&s.LastSuccess)
	number(c, &s.Repositories)
	number(c, &s.People)
	number(c, &s.Teams)
	number(c, &s.Namespaces)
}

func observation(c *codec, o *ownership.Observation) {
	text(c, plain, &o.Source)
	text(c, word, &o.Kind)
	c.moment(&o.At)
	text(c, prose, &o.Unknown)
	list(c, &o.Repositories, repository)
	c.flag(&o.AllRepositories)
	list(c, &o.People, human)
	c.flag(&o.AllPeople)
	list(c, &o.Teams, team)
	c.flag(&o.AllTeams)
	texts(c, plain, &o.TeamOrganisations)
	c.flag(&o.AllPermissions)
	list(c, &o.Catalogs, catalog)
	texts(c, word, &o.CatalogFormats)
	text(c, prose, &o.CatalogsUnknown)
	list(c, &o.Namespaces, namespace)
	c.flag(&o.AllNamespaces)
	text(c, prose, &o.NamespacesUnknown)
	text(c, prose, &o.WorkloadsUnknown)
	labelling(c, &o.Labelling)
	list(c, &o.Problems, problem)
}

func provenance(c *codec, p *ownership.Provenance) {
	text(c, plain, &p.Source)
	text(c, file, &p.Location)
	c.moment(&p.At)
	text(c, prose, &p.Unknown)
}

func human(c *codec, p *ownership.Person) {
	text(c, person, &p.ID)
	text(c, name, &p.Name)
	text(c, word, &p.Kind)
	table(c, plain, &p.Logins, func(c *codec, login *string) { text(c, person, login) })
	texts(c, address, &p.Emails)
	c.moment(&p.Ends)
	provenance(c, &p.Provenance)
}

func team(c *codec, t *ownership.Team) {
	text(c, plain, &t.ID)
	text(c, plain, &t.Name)
	text(c, plain, &t.Parent)
	texts(c, person, &t.Members)
	texts(c, person, &t.Maintainers)
	c.flag(&t.Secret)
	table(c, plain, &t.Repositories, func(c *codec, permission *ownership.Permission) { text(c, word, permission) })
	provenance(c, &t.Provenance)
}

func repository(c *codec, r *ownership.Repository) {
	text(c, plain, &r.ID)
	text(c, root, &r.Root)
	text(c, digest, &r.Head)
	text(c, treePath, &r.Codeowners.Path)
	bytes(c, codeownersText, &r.Codeowners.Text)
	c.flag(&r.Codeowners.Link)
	provenance(c, &r.Codeowners.Provenance)
	texts(c, treePath, &r.Files.Paths)
	provenance(c, &r.Files.Provenance)
	list(c, &r.History.Commits, commit)
	c.moment(&r.History.From)
	provenance(c, &r.History.Provenance)
	provenance(c, &r.Provenance)
}

func commit(c *codec, m *ownership.Commit) {
	text(c, digest, &m.ID)
	text(c, address, &m.Author)
	text(c, name, &m.AuthorName)
	c.moment(&m.When)
	texts(c, treePath, &m.Paths)
	texts(c, treePath, &m.Created)
}

func location(c *codec, l *ownership.Location) {
	text(c, plain, &l.Repository)
	text(c, file, &l.File)
	number(c, &l.Line)
	number(c, &l.Column)
	text(c, plain, &l.Object)
}

func problem(c *codec, p *ownership.Problem) {
	location(c, &p.Location)
	text(c, plain, &p.Field)
	text(c, word, &p.Reason)
	text(c, prose, &p.Message)
	text(c, prose, &p.Remedy)
	c.flag(&p.Warning)
}
