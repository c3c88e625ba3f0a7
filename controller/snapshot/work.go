package snapshot

import "strings"

// AreaFiles gives the area's files in this repository as indexes into Facts.Files.Paths, ascending: all of them, and
// those that have no owner who counts. Where it is unknown who owns the files, none is known to have no owner.
//
// A folder, with a slash at its end, leaves out what is not in it; "/" and "" are the whole repository.
func (r *Repository) AreaFiles(area *Area, folder string) (all, unowned []int) {
	prefix := strings.TrimPrefix(folder, "/")
	for i, owner := range r.division.owners {
		if owner != area.AreaManifest || !strings.HasPrefix(r.Facts.Files.Paths[i], prefix) {
			continue
		}
		all = append(all, i)
		if r.Matches != nil && !r.hasOwner(i) {
			unowned = append(unowned, i)
		}
	}
	return all, unowned
}
