package people

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// checkTeams compares the teams with each other.
//
//	two teams with one id            both are left out: which one is meant is not known
//	a parent that is not listed      the team is left out: what it inherits is not known
//	a circle of parents              the teams in it are left out
//	a parent or its parent left out  the team stays and is unknown
func checkTeams(teams []*teamEntry) (problems []ownership.Problem) {
	report := func(entry *teamEntry, node *yaml.Node, field, message, remedy string) {
		problems = append(problems, ownership.Problem{
			Location: ownership.Location{File: entry.file, Line: node.Line, Column: node.Column},
			Field:    entry.path + field, Message: message, Remedy: remedy,
		})
	}
	byID := map[string]*teamEntry{}
	for _, entry := range teams {
		if entry.team.ID == "" {
			continue
		}
		first, twice := byID[entry.team.ID]
		if !twice {
			byID[entry.team.ID] = entry
			continue
		}
		report(entry, entry.node, ".id", fmt.Sprintf("there are two teams %s, the other at %s; both are left out",
			entry.team.ID, first.team.Location), "give each team one entry")
		first.broken, entry.broken = true, true
	}
	for _, entry := range teams {
		if entry.broken || entry.team.Parent == "" {
			continue
		}
		if byID[entry.team.Parent] == nil {
			report(entry, entry.parentNode, ".parent", fmt.Sprintf("the parent %s is not listed", entry.team.Parent), "add the team, or remove the parent")
			entry.broken = true
		} else if inCircle(entry, byID) {
			report(entry, entry.parentNode, ".parent", fmt.Sprintf("the team %s is its own ancestor", entry.team.ID), "remove one parent of the circle")
			entry.broken = true
		}
	}
	for _, entry := range teams {
		if lost := lostAncestor(entry, byID); lost != "" && !entry.broken {
			entry.team.Unknown = fmt.Sprintf("the team %s above it could not be read", lost)
		}
	}
	return problems
}

func inCircle(start *teamEntry, byID map[string]*teamEntry) bool {
	seen := map[string]bool{}
	for entry := byID[start.team.Parent]; entry != nil && !seen[entry.team.ID]; entry = byID[entry.team.Parent] {
		if entry.team.ID == start.team.ID {
			return true
		}
		seen[entry.team.ID] = true
	}
	return false
}

// lostAncestor names the nearest team above that is left out; empty where there is none.
func lostAncestor(start *teamEntry, byID map[string]*teamEntry) string {
	seen := map[string]bool{}
	for id := start.team.Parent; id != "" && !seen[id]; {
		seen[id] = true
		entry := byID[id]
		if entry == nil || entry.broken {
			return id
		}
		id = entry.team.Parent
	}
	return ""
}
