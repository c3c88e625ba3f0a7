// Package git observes checkouts on disk: their files, the CODEOWNERS file in force, and who has worked
// where lately.
//
// It reads repositories in their own format and needs no git program. It is not a client of any server:
// nothing is fetched, and nothing on disk is changed. What a line of CODEOWNERS means is not known here
// (see controller/codeowners); this package finds the file and hands on its bytes.
//
//	path ──discover──► checkouts ──layout──► .git folder, HEAD, name
//	                                            │
//	            ┌───────────────────────────────┼─────────────────────────┐
//	         files.go                       codeowners.go              history.go
//	  tree at HEAD or worktree.go     first of the three places     commits, diff.go, renames
//	            └───────────────────────────────┴─────────────────────────┘
//	                                     ownership.Repository
//
// What cannot be read is marked unknown on the part that it concerns: one repository of many, or its
// files, its CODEOWNERS or its history alone.
package git
