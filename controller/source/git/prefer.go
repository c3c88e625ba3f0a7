package git

// PreferWorktree makes the source read the files on disk of every checkout that has any, whatever spec.git.tree says: who
// edits checkouts must see what the edit left there. Of a bare repository the commit at HEAD is read. It is to be called
// before the first Observe.
func (s *Source) PreferWorktree() { s.preferWorktree = true }

// wantsWorktree says whether the files of a repository are those on disk, or those of the commit.
func (s *Source) wantsWorktree(r *repository) bool {
	return s.spec.Tree == treeWorktree || s.preferWorktree && !r.layout.bare
}
