// Package fetch brings a branch of a repository from an https address into a bare repository on disk, and keeps it up to date.
//
// It speaks git's smart HTTP protocol by itself, versions 2 and 0, over a client of controller/internal/safehttp. It runs no
// program, no hook and no filter, follows no submodule, writes no working tree, and never sends anything but requests to
// read. What a commit means is not known here (see controller/source/git, which reads what this package keeps).
//
//	URL ──► ask.go: which commit? ── the one that is kept ──────────────────────► nothing to do: one request
//	              │ another
//	              ▼
//	        request.go ──► server ──► response.go ──► pack.go: inflate, bound ──► resolve.go: deltas ──► index.go
//	                                                                                                      │
//	        FOLDER/DIGEST/state.json ◄── store.go: pack, then list of shallow commits, then HEAD ◄── check ┘
//	        FOLDER/DIGEST/gN.git
//
// Each step leaves on disk what can be read: a process that is killed leaves the state of before, and at most a file more,
// which the next one sweeps away. One process or pass at a time works in the folder of an address, under a lock.
//
// Sources: gitprotocol-http(5), gitprotocol-v2(5), gitprotocol-pack(5), gitformat-pack(5).
package fetch
