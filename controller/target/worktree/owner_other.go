//go:build !unix

package worktree

import "io/fs"

func otherOwner(_, _ fs.FileInfo) (uid, gid int, differs bool) { return 0, 0, false }
