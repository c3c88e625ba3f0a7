package suggest

import (
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// Work is one commit's part in the files of an area.
type Work struct {
	// Author is the commit's author as a holder.
	Author ownership.Holder
	When   time.Time
	// Files are the area's files that it changed, as indexes into a list that all work on the area shares, sorted.
	Files []int
	// Created is how many of Files it created; Of is how many files it changed in all.
	Created int
	Of      int
}

// Gather shares commits out to areas, in the order of the commits. groups are the areas' files as indexes into paths,
// which are sorted bytewise; a file may be in several. Files that are no more belong to no area.
func Gather(commits []ownership.Commit, paths []string, groups [][]int, author func(ownership.Commit) ownership.Holder) [][]Work {
	members := make(map[int][]int, len(paths)) // groups by file
	for group, files := range groups {
		for _, file := range files {
			members[file] = append(members[file], group)
		}
	}
	work := make([][]Work, len(groups))
	for _, commit := range commits {
		touched := map[int][]int{} // files by group
		for _, path := range commit.Paths {
			at, found := slices.BinarySearch(paths, path)
			if !found {
				continue
			}
			for _, group := range members[at] {
				touched[group] = append(touched[group], at)
			}
		}
		if len(touched) == 0 {
			continue
		}
		who := author(commit)
		for group, files := range touched {
			work[group] = append(work[group], Work{Author: who, When: commit.When, Files: files, Created: created(commit, paths, files), Of: len(commit.Paths)})
		}
	}
	return work
}

// created counts the files that the commit made.
func created(commit ownership.Commit, paths []string, files []int) int {
	n := 0
	for _, file := range files {
		if _, made := slices.BinarySearch(commit.Created, paths[file]); made {
			n++
		}
	}
	return n
}
