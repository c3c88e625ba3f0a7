package record

import (
	"github.com/remit-dev/remit/controller/ownership"
)

func catalog(c *codec, o *ownership.Catalog) {
	text(c, plain, &o.Repository)
	text(c, root, &o.Root)
	text(c, digest, &o.Head)
	list(c, &o.Entities, catalogEntity)
	list(c, &o.Owners, ownersFile)
	list(c, &o.Unread, func(c *codec, f *ownership.UnreadFile) {
		text(c, treePath, &f.Path)
		provenance(c, &f.Provenance)
	})
	provenance(c, &o.Provenance)
}

func catalogEntity(c *codec, e *ownership.Entity) {
	text(c, entity, &e.Ref)
	text(c, plain, &e.Type)
	text(c, entity, &e.System)
	text(c, entity, &e.Domain)
	c.flag(&e.Custom)
	list(c, &e.Owners, func(c *codec, o *ownership.EntityOwner) {
		text(c, entity, &o.Ref)
		text(c, holder, &o.Holder)
		number(c, &o.Line)
	})
	text(c, treePath, &e.File)
	number(c, &e.Line)
	provenance(c, &e.Provenance)
}

func ownersFile(c *codec, f *ownership.OwnersFile) {
	text(c, treePath, &f.Path)
	text(c, treePath, &f.Folder)
	c.flag(&f.NoParentOwners)
	c.flag(&f.AutoApprove)
	list(c, &f.Rules, func(c *codec, r *ownership.OwnersRule) {
		text(c, treePath, &r.Pattern)
		list(c, &r.Approvers, ownersEntry)
		list(c, &r.Reviewers, ownersEntry)
		list(c, &r.RequiredReviewers, ownersEntry)
		list(c, &r.Emeritus, ownersEntry)
		texts(c, plain, &r.Labels)
	})
	provenance(c, &f.Provenance)
}

func ownersEntry(c *codec, e *ownership.OwnersEntry) {
	text(c, person, &e.Login)
	text(c, plain, &e.Alias)
	number(c, &e.Line)
}
