package worktree

import "github.com/remit-dev/remit/controller/ownership"

// File is what is to become of one CODEOWNERS file.
type File struct {
	// Repository is the repository's ID, Root the folder of its checkout, Path the file in it, with slashes.
	Repository, Root, Path string
	// Digest is the plan's precondition: the SHA-256 of Before in hexadecimal, or empty where there must be no file.
	Digest string
	// Before is the text that the plan was made for, After what it is to be.
	Before, After []byte
	// Changes are the plan's changes of this file, in its order.
	Changes []ownership.Change
	// Problem is why there is no After; nil where there is one.
	Problem error
}
