// Package worktree edits the CODEOWNERS files of git checkouts as a plan says.
//
// It decides nothing: what is to be done, and what is held back, is the plan's. It
// does not commit; the edit is there for people to look at with git. What it sees to
// is that a file is only ever replaced whole, and only as it was when the plan was
// made: a CODEOWNERS that somebody has edited since is left as it is.
//
//	ownership.Plan ──► Files (file.go): text before and after, of each file
//	                     └──► Target.Apply (apply.go), a file at a time
//	                            open the checkout, follow no link   (checkout.go)
//	                            lock its folder, remove what a killed run left
//	                            read the live file, compare         (live.go)
//	                            write a temporary file, put it there (write.go)
//	                              └──► Outcome
package worktree
