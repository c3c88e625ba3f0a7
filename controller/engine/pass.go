package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/store"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Input is all that a pass needs.
type Input struct {
	// Now is the moment of the snapshot.
	Now       time.Time
	Manifests *manifest.Set
	// Sources and Statuses are what an Observer saw.
	Sources  []snapshot.Source
	Statuses []ownership.SourceStatus
	Policies *Policies
	// Problems are those of the manifests and of compiling policies.
	Problems []ownership.Problem
	// FilesOnly says that there are no manifests: each repository is an area, and only files count.
	FilesOnly bool
	// Workers is how many subjects are judged side by side; 0 means as many as there are processors.
	Workers int
}

// Outcome is what a pass gives: the result that is shown, and what it was made of.
type Outcome struct {
	Result   *ownership.Result
	Snapshot *snapshot.Snapshot
	// Areas are what was compared, in the order of Result.Areas.
	Areas []drift.Area
}

// Pass judges one snapshot. The error is that of the context; whatever else is wrong stands in the Result.
func Pass(ctx context.Context, in Input) (*Outcome, error) {
	s := snapshot.Build(snapshot.Input{Now: in.Now, Manifests: in.Manifests, Sources: in.Sources, FilesOnly: in.FilesOnly})
	judge := judge{snapshot: s, policies: in.Policies, workers: in.Workers}

	declarations, unsure, err := judge.declare(ctx, newBarrier(s, nil))
	if err != nil {
		return nil, err
	}
	barrier := newBarrier(s, declarations)
	areas, found := compare(s, barrier, unsure)
	findings, err := judge.judge(ctx, areas, found, barrier)
	if err != nil {
		return nil, err
	}

	findings = in.Policies.exempt(append(findings, barrier.findings...), in.Now)
	slices.SortFunc(findings, ownership.Finding.Compare)
	result := &ownership.Result{
		At: in.Now, Findings: findings, Sources: in.Statuses, Policies: judge.statuses(),
		Undetermined: judge.undetermined(), Problems: problems(in, s, judge.problems()),
	}
	for i, area := range areas {
		result.Areas = append(result.Areas, areaResult(area, found[i], s))
	}
	for _, repository := range s.Repositories {
		result.Repositories = append(result.Repositories, repositoryResult(repository))
	}
	return &Outcome{Result: result, Snapshot: s, Areas: areas}, nil
}

// compare merges declarations and finds the drift of every area, in the order of the areas.
func compare(s *snapshot.Snapshot, b *barrier, unsure map[ownership.AreaID]string) ([]drift.Area, [][]ownership.Drift) {
	areas := make([]drift.Area, len(s.Areas))
	found := make([][]ownership.Drift, len(s.Areas))
	for i, area := range s.Areas {
		areas[i] = drift.Area{Area: area, Declared: b.merged[area.ID], DeclaredUnknown: unsureOf(area, unsure), Refused: b.refused[area.ID]}
		found[i] = drift.Compare(areas[i], s)
	}
	return areas, found
}

// unsureOf says why an area's declarations may not be whole: its own, or those of an area it inherits from. Either a
// policy could not declare, or a manifest on the way up could not be read.
func unsureOf(area *snapshot.Area, unsure map[ownership.AreaID]string) string {
	for ; area != nil; area = area.Parent {
		if why := cmp.Or(area.Undeclared, unsure[area.ID]); why != "" {
			return why
		}
	}
	return ""
}

func areaResult(area drift.Area, found []ownership.Drift, s *snapshot.Snapshot) ownership.AreaResult {
	requirements := drift.Requirements(area, s)
	return ownership.AreaResult{
		ID: area.ID, Description: area.Description, Tier: area.Tier, Parent: ownership.AreaID(parentID(area.Area)),
		Labels: area.Labels, Team: accountableTeam(area.Declared), Virtual: area.Virtual,
		State: drift.State(requirements, area.Stalled), Requirements: requirements, Stalled: area.Stalled,
		Declared: area.Declared, Refused: area.Refused, Observed: area.Observed, Coverage: area.Coverage, UnownedFiles: area.UnownedFiles,
		Drift: found, Location: area.Location,
	}
}

// accountableTeam is the team that answers for the area. What an area does not declare it inherits, so the nearest
// ancestor's accountable holder stands in its own declarations.
func accountableTeam(declared ownership.Assignments[ownership.Declaration]) string {
	for _, declaration := range declared[ownership.Accountable] {
		if declaration.Holder.Kind() == ownership.HolderTeam {
			return declaration.Holder.Name()
		}
	}
	return ""
}

func repositoryResult(repository *snapshot.Repository) ownership.RepositoryResult {
	return ownership.RepositoryResult{
		ID: repository.ID(), Codeowners: repository.Facts.Codeowners.Path, Rules: len(repository.Rules),
		Coverage: repository.Coverage, Unclaimed: repository.Unclaimed,
	}
}

// problems are the bad input of every kind, by place.
func problems(in Input, s *snapshot.Snapshot, failures []ownership.Problem) []ownership.Problem {
	all := slices.Concat(in.Problems, s.Problems, idle(in.Manifests, s), failures)
	for _, source := range in.Sources {
		all = append(all, source.Observation.Problems...)
	}
	slices.SortStableFunc(all, func(a, b ownership.Problem) int { return a.Location.Compare(b.Location) })
	return slices.Compact(all)
}

// unknownInput names the parts of an area's document that rest on unknown facts.
func unknownInput(area drift.Area, s *snapshot.Snapshot) []store.Unknown {
	var unknown []store.Unknown
	add := func(because string, path ...string) {
		if because != "" {
			unknown = append(unknown, store.Unknown{Path: path, Because: because})
		}
	}
	for role, because := range sorted(area.UnknownRoles) {
		add(because, "observed", string(role))
	}
	for _, role := range s.Roles {
		add(area.UnknownDeclarations(role.Role), "declared", string(role.Role))
	}
	add(area.Coverage.Unknown, "coverage")
	add(area.Coverage.Unknown, "codeowners")
	add(area.UnknownHistory, "contributors")
	add(unknownDrift(area, s), "drift")
	return unknown
}

// unknownDrift says why an area's drift may not be whole.
func unknownDrift(area drift.Area, s *snapshot.Snapshot) string {
	for _, role := range s.Roles {
		if because := area.UnknownDeclarations(role.Role); because != "" {
			return because
		}
		if because := area.UnknownRoles[role.Role]; because != "" && s.DecidedFor(role, area.Area) {
			return because
		}
		for _, declared := range area.Declared[role.Role] {
			if standing := s.People.Standing(declared.Holder); standing.Status == snapshot.Doubtful {
				return standing.Message
			}
		}
		for _, observed := range area.Observed[role.Role] {
			if standing := s.People.Standing(observed.Holder); standing.Status == snapshot.Doubtful {
				return standing.Message
			}
		}
	}
	return ""
}
