//go:build unix

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// page is what is known of a cluster that runs.
type page struct {
	version, server, ready string
	installed              map[string]int // objects of each kind
}

// screen says what runs, what is in it, and what to do next. Paths are as they can be typed here.
func screen(state state, page page) string {
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(page.installed)) {
		kinds = append(kinds, fmt.Sprintf("%d %s", page.installed[kind], plural(kind, page.installed[kind])))
	}
	return fmt.Sprintf(`Kubernetes %s %s.

  API server   %s   RBAC on; no nodes, so that no Pod runs
  installed    %s
  namespace    %s
  kubeconfig   %s   of an administrator
               %s   of the account that the controller runs as
  kubectl      %s
  logs         %s

Next:

  export KUBECONFIG=%s PATH="%s:$PATH"
  bin/remit controller --kubeconfig %s --listen 127.0.0.1:7364 &   # judge what is applied from now on
  kubectl explain area.spec   # what an Area says
  kill %%1                     # stop the controller, before the next
  make cluster-down           # end it, and remove all of this
`,
		page.version, page.ready, page.server, strings.Join(kinds, ", "), namespace,
		short(state.kubeconfig()), short(state.controller()), short(state.kubectl()), short(filepath.Join(state.plane(), "*.log")),
		exported(state.kubeconfig()), exported(state.programs()), short(state.controller()))
}

func plural(kind string, count int) string {
	switch {
	case count == 1:
		return kind
	case strings.HasSuffix(kind, "y"):
		return strings.TrimSuffix(kind, "y") + "ies"
	default:
		return kind + "s"
	}
}

// short is a path as it can be typed in the current folder.
func short(path string) string {
	if relative, ok := below(path); ok {
		return relative
	}
	return path
}

// exported is a path that stays right when the folder is changed.
func exported(path string) string {
	if relative, ok := below(path); ok {
		return "$PWD/" + relative
	}
	return path
}

func below(path string) (string, bool) {
	folder, err := os.Getwd()
	if err != nil {
		return "", false
	}
	relative, err := filepath.Rel(folder, path)
	return relative, err == nil && filepath.IsLocal(relative)
}
