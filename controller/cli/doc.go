// Package cli is the `remit` command: flags and arguments in, reports and exit
// codes out.
//
// It decides nothing about ownership. `check` and `run` hand over to
// controller/standalone, or to controller/record where they run on a recording
// (observe.go is the one way to either); `owners` asks controller/codeowners about paths of one
// checkout. Everything of the outside (streams, environment, clock, terminal)
// comes in with an Environment, so that each command runs in a test as it runs in
// a shell.
//
//	arguments ──root.go──► check.go ───► standalone.Checker ──► report ──► Out, exit code
//	                  ├──► run.go ─────► standalone.Run
//	                  ├──► snapshot.go ► record
//	                  ├──► owners.go ──► checkout.go (where the paths are) ──► codeowners ──► answers.go
//	                  └──► version.go
//
// Exit codes are the same for all commands: see ExitClean and its neighbours.
package cli
