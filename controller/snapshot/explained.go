package snapshot

import (
	"cmp"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// Claim is one pattern by which an area claims files of a repository.
type Claim struct {
	Area *AreaManifest
	// Pattern is as it would be written in CODEOWNERS.
	Pattern string
	// Ordinary says that it gets no file that codeowners.IsSensitive speaks of.
	Ordinary bool
}

// Claims are all claims to files of a repository, the most specific first, those of suspended areas too.
func (s *Snapshot) Claims(repository string) []Claim {
	var claims []Claim
	for _, c := range slices.Backward(s.frame.claims[repository]) {
		claims = append(claims, Claim{c.area, c.pattern, c.ordinary})
	}
	return claims
}

// Claimed is the area that gets a path of a repository, whether such a file exists or not; nil where none does. Where
// several tie for it, ties says so, by area.
func (s *Snapshot) Claimed(repository, path string) (area *AreaManifest, ties map[*AreaManifest]string) {
	owners, tied := fall(repository, []string{path}, s.frame.claims[repository])
	return owners[0], tied.conflicts
}

// Approvals say who may approve changes of one path, whether such a file exists or not, for each source that reads OWNERS files.
func (s *Snapshot) Approvals(repository *Repository, path string) []PathApproval {
	facts := ownership.Repository{ID: repository.ID(), Files: ownership.FileList{Paths: []string{path}}}
	alone := &Repository{Facts: &facts, Source: repository.Source}
	s.matchApprovals(alone)
	var found []PathApproval
	for _, approvals := range alone.approvals {
		found = append(found, PathApproval{approvals.Decisions[approvals.match(0)], approvals.Source.Name, approvals.decides})
	}
	return found
}

// PathApproval is who may approve changes of a path, by the OWNERS files that one source reads.
type PathApproval struct {
	Approval
	Source string
	// Authoritative says that the source decides who approves in the repository.
	Authoritative bool
}

// UnreadClaims says why a file of the repository that seems an area's may be another one's: an Area may claim it that cannot be
// read. A nil area is that of a file which no area seems to claim; empty means that there is no such Area.
func (s *Snapshot) UnreadClaims(repository string, area *AreaManifest) string {
	if area == nil {
		return cmp.Or(s.frame.unclaimed[repository], s.frame.unclaimed["/"])
	}
	return s.frame.unknownClaims(repository, area)
}
