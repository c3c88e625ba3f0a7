//go:build unix

package worktree

import (
	"io/fs"
	"syscall"
)

// otherOwner gives the user and group of an old file where a new one has others.
func otherOwner(old, fresh fs.FileInfo) (uid, gid int, differs bool) {
	was, isKnown := old.Sys().(*syscall.Stat_t)
	is, isToo := fresh.Sys().(*syscall.Stat_t)
	if !isKnown || !isToo {
		return 0, 0, false
	}
	return int(was.Uid), int(was.Gid), was.Uid != is.Uid || was.Gid != is.Gid
}
