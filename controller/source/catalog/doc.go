// Package catalog observes what files in git checkouts say of ownership, beside CODEOWNERS: Backstage's
// catalog-info.yaml and Prow's OWNERS and OWNERS_ALIASES.
//
// It finds and opens checkouts as controller/source/git does, through its Reader. Which files of an area an OWNERS file
// extends to, and which area an entity belongs to, is not known here (see controller/snapshot).
//
//	path ── git.Reader ──► trees ── files that matter ─┬─ backstage.go ► entities, groups ─ holder.go ► holders
//	                                                   ├─ aliases.go   ► aliases ─┐
//	                                                   └─ prow.go      ► OWNERS ──┴► approvers, reviewers, emeritus
//	                                                                               └──────► ownership.Catalog
//
// A file that cannot be read is unknown, and costs itself alone; where OWNERS_ALIASES cannot be read, no OWNERS file of
// that repository is known, since any name may be an alias.
//
// Formats: backstage.io, "Descriptor Format of Catalog Entities" and "Entity References"; kubernetes.dev, "OWNERS Files".
package catalog
