//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// state is the folder of one cluster. What is in it says nothing about whether the cluster runs: only the lock does.
type state struct{ folder string }

func newState(folder string) (state, error) {
	absolute, err := filepath.Abs(folder)
	return state{folder: absolute}, err
}

func (s state) lock() string       { return filepath.Join(s.folder, "lock") }
func (s state) kubeconfig() string { return filepath.Join(s.folder, "kubeconfig") }            // there once the cluster is ready
func (s state) controller() string { return filepath.Join(s.folder, "controller.kubeconfig") } // of the controller's account
func (s state) log() string        { return filepath.Join(s.folder, "supervisor.log") }        // of the process that holds the lock
func (s state) ended() string      { return filepath.Join(s.folder, "ended") }                 // why it ended by itself
func (s state) plane() string      { return filepath.Join(s.folder, "control-plane") }         // keys, logs and data of the programs
func (s state) programs() string   { return filepath.Join(s.folder, "bin") }                   // kubectl
func (s state) kubectl() string    { return filepath.Join(s.programs(), "kubectl") }

// left says whether a cluster that does not run any more left something.
func (s state) left() bool {
	_, err := os.Stat(s.plane())
	return err == nil
}

// why says why the cluster that was here ended, in one line.
func (s state) why() string {
	text, err := os.ReadFile(s.ended())
	if err != nil {
		return "it was killed, or the machine was restarted"
	}
	return string(text)
}

// clear removes what a cluster left, but the lock, and nothing that somebody else has put into the folder.
func (s state) clear() error {
	var failed []error
	for _, path := range []string{s.kubeconfig(), s.controller(), s.ended(), s.plane(), s.programs()} {
		failed = append(failed, os.RemoveAll(path))
	}
	return errors.Join(failed...)
}

// remove removes the folder, too, unless something of somebody else's is in it. Who calls it holds the lock.
func (s state) remove() error {
	if err := errors.Join(s.clear(), os.RemoveAll(s.log()), os.RemoveAll(s.lock())); err != nil {
		return fmt.Errorf("remove what the cluster left: %w", err)
	}
	_ = os.Remove(s.folder) // stays where something else is in it
	return nil
}
