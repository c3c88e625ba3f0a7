package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	homepage    = "https://github.com/remit-dev/remit"
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	// sourceRoot is the base that code scanning takes for the checkout's root.
	sourceRoot = "%SRCROOT%"
	// fallbackFile is where a finding is shown that has no place of its own, since
	// code scanning refuses a result without one.
	fallbackFile = ".github/CODEOWNERS"
	// maxSARIFResults is what code scanning takes of one run.
	maxSARIFResults = 25000
)

// SARIF writes the raised findings and unowned areas as a SARIF 2.1.0 log with
// one run, as GitHub's code scanning and other tools read it:
//
//   - one rule for each policy;
//   - one result for each finding, with one place. Files of the only
//     repository and manifests are relative to %SRCROOT%; where there are several
//     repositories, each has a base of its own, REPOSITORY:<id>;
//   - partialFingerprints from the finding's identity, so that an alert stays the
//     same alert when lines move or words change;
//   - bad input and failed policies as notifications.
//
// Undetermined and exempt findings are counted in the run's properties and are no
// results: code scanning raises an alert for whatever is one.
func SARIF(w io.Writer, result *ownership.Result, options Options) error {
	s := newSARIF(result, options)
	for _, finding := range AllFindings(result) {
		if finding.Status == ownership.Raised {
			s.result(finding)
		}
	}
	s.notifications(result)
	log := sarif.NewReport()
	log.Schema = sarifSchema
	pruned, err := withoutDefaults(log.AddRun(s.run))
	if err != nil {
		return err
	}
	return writeJSON(w, pruned)
}

// withoutDefaults takes from a log what its readers assume anyway: every number -1 ("no index", "no rank"; SARIF 2.1.0,
// for example section 3.4.5).
func withoutDefaults(log any) (any, error) {
	text, err := json.Marshal(log)
	if err != nil {
		return nil, fmt.Errorf("encode the report: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("encode the report: %w", err)
	}
	prune(tree)
	return tree, nil
}

func prune(tree any) {
	switch tree := tree.(type) {
	case []any:
		for _, element := range tree {
			prune(element)
		}
	case map[string]any:
		for name, value := range tree {
			if value == json.Number("-1") {
				delete(tree, name)
				continue
			}
			prune(value)
		}
	}
}

// sarifRun is one run in the making.
type sarifRun struct {
	run     *sarif.Run
	areas   map[string]ownership.AreaResult
	owners  map[string]string // CODEOWNERS file by repository
	held    map[ownership.Holder][]heldPlace
	only    string
	dropped int
}

func newSARIF(result *ownership.Result, options Options) *sarifRun {
	s := &sarifRun{
		run:    sarif.NewRunWithInformationURI("Remit", homepage),
		areas:  map[string]ownership.AreaResult{},
		owners: map[string]string{},
		held:   heldPlaces(result.Areas),
	}
	if options.Version != "" {
		s.run.Tool.Driver.Version = &options.Version
	}
	s.run.WithOriginalUriBaseIds(map[string]sarif.ArtifactLocation{
		sourceRoot: *sarif.NewArtifactLocation().WithDescription(sarif.NewTextMessage("the root of the checkout")),
	})
	for _, area := range result.Areas {
		s.areas[string(area.ID)] = area
	}
	for _, repository := range result.Repositories {
		s.owners[repository.ID] = repository.Codeowners
	}
	if len(result.Repositories) == 1 {
		s.only = result.Repositories[0].ID
	}
	s.rules(result)
	summary := Summarise(result)
	s.run.WithProperties(sarif.NewPropertyBag().Add("undetermined", summary.Undetermined).Add("exempt", summary.Exempt))
	return s
}

// rules adds a rule for each policy that ran or found something, sorted by name.
func (s *sarifRun) rules(result *ownership.Result) {
	titles := map[string]string{}
	for _, policy := range result.Policies {
		titles[policy.Name] = policy.Title
	}
	worst := map[string]ownership.Finding{}
	for _, finding := range slices.Backward(AllFindings(result)) {
		worst[finding.Policy] = finding
		if _, known := titles[finding.Policy]; !known {
			titles[finding.Policy] = ""
		}
	}
	if _, found := titles[UnownedPolicy]; found {
		titles[UnownedPolicy] = "Every area has an owner"
	}
	names := make([]string, 0, len(titles))
	for name := range titles {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		title := Clean(titles[name])
		if title == "" {
			title = Clean(name)
		}
		level := sarif.LevelNone
		if finding, found := worst[name]; found {
			level = sarifLevel(finding)
		}
		s.run.AddRule(name).
			WithName(Clean(name)).
			WithShortDescription(sarif.NewMultiformatMessageString().WithText(title)).
			WithFullDescription(sarif.NewMultiformatMessageString().WithText(title)).
			WithHelp(sarif.NewMultiformatMessageString().WithText("The policy " + Clean(name) + ": " + title + ".")).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level)).
			WithProperties(&sarif.PropertyBag{Properties: sarif.Properties{}, Tags: []string{"ownership"}})
	}
}

// sarifLevel is the level of a finding:
//
//	deny  critical, high   error
//	deny  medium           warning
//	deny  low, info        note
//	warn  medium and more  warning
//	warn  low, info        note
func sarifLevel(finding ownership.Finding) string {
	switch {
	case finding.Severity.Rank() <= ownership.Low.Rank():
		return sarif.LevelNote
	case finding.Rule == "deny" && finding.Severity.Rank() >= ownership.High.Rank():
		return sarif.LevelError
	}
	return sarif.LevelWarning
}

func (s *sarifRun) result(finding ownership.Finding) {
	if len(s.run.Results) >= maxSARIFResults {
		s.dropped++
		return
	}
	properties := sarif.NewPropertyBag().Add("severity", string(finding.Severity)).Add("rule", finding.Rule).
		Add("subject", finding.Subject).Add("key", finding.Key)
	if finding.Role != "" {
		properties.Add("role", string(finding.Role))
	}
	if finding.Holder != "" {
		properties.Add("holder", string(finding.Holder))
	}
	s.run.CreateResultForRule(finding.Policy).
		WithRuleIndex(s.run.GetRuleIndex(finding.Policy)).
		WithLevel(sarifLevel(finding)).
		WithMessage(sarif.NewTextMessage(sarifText(finding.Message))).
		AddLocation(s.location(s.findingLocation(finding)).AddLogicalLocation(
			sarif.NewLogicalLocation().WithFullyQualifiedName(finding.Subject).WithKind("resource"))).
		WithPartialFingerprints(map[string]string{
			"remitFinding/v1": fingerprint(finding),
			// The one name that code scanning compares.
			"primaryLocationLineHash": fingerprint(finding) + ":1",
		}).
		WithProperties(properties)
}

// sarifText is clean text in which "[text](target)" is no link (SARIF 2.1.0, section 3.11.6).
func sarifText(text string) string { return strings.ReplaceAll(Clean(text), "](", "] (") }

// fingerprint is a hash of a finding's identity.
func fingerprint(finding ownership.Finding) string {
	sum := sha256.Sum256([]byte(finding.Policy + "\x00" + finding.Subject + "\x00" + finding.Key))
	return hex.EncodeToString(sum[:16])
}

// findingLocation is where a finding is shown: its own place, else its area's
// manifest, else where the holder is named, else the CODEOWNERS file of the
// repository that the area stands for.
func (s *sarifRun) findingLocation(finding ownership.Finding) ownership.Location {
	if finding.Location.File != "" {
		return finding.Location
	}
	if area, known := s.areas[finding.Subject]; known && area.Location.File != "" {
		return area.Location
	}
	if place := s.heldAt(finding); place.File != "" {
		return place
	}
	place := ownership.Location{File: fallbackFile}
	if id, virtual := ownership.AreaID(finding.Subject).Repository(); virtual {
		place.Repository = id
		if s.owners[id] != "" {
			place.File = s.owners[id]
		}
	}
	return place
}

// heldAt is where the holder whom a finding is about is named: in the role of the finding, if there is such a
// place, else in any; where it is declared before where it is observed.
func (s *sarifRun) heldAt(finding ownership.Finding) ownership.Location {
	places := s.held[ownership.Holder(finding.Subject)]
	for _, place := range places {
		if place.role == finding.Role {
			return place.location
		}
	}
	if len(places) == 0 {
		return ownership.Location{}
	}
	return places[0].location
}

// heldPlace is one place that names a holder of a role.
type heldPlace struct {
	role     ownership.Role
	location ownership.Location
}

// heldPlaces gives all places that name a holder, in the order of areas and roles, declared ones first.
func heldPlaces(areas []ownership.AreaResult) map[ownership.Holder][]heldPlace {
	declared, observed := map[ownership.Holder][]heldPlace{}, map[ownership.Holder][]heldPlace{}
	for _, area := range areas {
		for role, declarations := range area.Declared.All() {
			for _, d := range declarations {
				if d.Location.File != "" {
					declared[d.Holder] = append(declared[d.Holder], heldPlace{role, d.Location})
				}
			}
		}
		for role, seen := range area.Observed.All() {
			for _, o := range seen {
				for _, location := range o.Locations {
					if location.File == "" { // an object of a cluster
						continue
					}
					observed[o.Holder] = append(observed[o.Holder], heldPlace{role, location})
				}
			}
		}
	}
	for holder, places := range observed {
		declared[holder] = append(declared[holder], places...)
	}
	return declared
}

// location writes a place; lines count from 1, and a whole file is its first line.
func (s *sarifRun) location(place ownership.Location) *sarif.Location {
	region := sarif.NewRegion().WithStartLine(max(1, place.Line)).WithEndLine(max(1, place.Line))
	if place.Column > 0 {
		region.WithStartColumn(place.Column)
	}
	return sarif.NewLocationWithPhysicalLocation(
		sarif.NewPhysicalLocation().WithArtifactLocation(s.artifact(place)).WithRegion(region))
}

// artifact names a file by a URI reference:
//
//	of the only repository, or a manifest below   relative to %SRCROOT%
//	of one repository of many                     relative to REPOSITORY:<id>
//	a manifest by an absolute path                file:///…
//	a manifest outside ("../…")                   relative, to no base
func (s *sarifRun) artifact(place ownership.Location) *sarif.ArtifactLocation {
	file := path.Clean(place.File)
	if path.IsAbs(file) && place.Repository == "" {
		return sarif.NewArtifactLocation().WithURI((&url.URL{Scheme: "file", Path: file}).String())
	}
	file = strings.TrimPrefix(file, "/")
	uri := (&url.URL{Path: file}).String()
	location := sarif.NewArtifactLocation().WithURI(uri)
	switch {
	case file == ".." || strings.HasPrefix(file, "../"):
		return location
	case place.Repository == "" || place.Repository == s.only:
		return location.WithURIBaseID(sourceRoot)
	}
	base := "REPOSITORY:" + Clean(place.Repository)
	s.run.AddOriginalUriBaseId(base, *sarif.NewArtifactLocation().WithDescription(
		sarif.NewTextMessage("the root of a checkout of " + Clean(place.Repository))))
	return location.WithURIBaseID(base)
}

// notifications says what was wrong with the input and which policies failed.
func (s *sarifRun) notifications(result *ownership.Result) {
	invocation := sarif.NewInvocation().WithExecutionSuccessful(true)
	for _, problem := range result.Problems {
		level := sarif.LevelError
		if problem.Warning {
			level = sarif.LevelWarning
		}
		text := problem
		text.Location = ownership.Location{}
		notification := sarif.NewNotification().WithLevel(level).WithMessage(sarif.NewTextMessage(sarifText(text.Error())))
		if problem.File != "" {
			notification.AddLocation(s.location(problem.Location))
		}
		invocation.AddToolConfigurationNotification(notification)
	}
	note := func(level, text string) {
		invocation.AddToolExecutionNotification(
			sarif.NewNotification().WithLevel(level).WithMessage(sarif.NewTextMessage(sarifText(text))))
	}
	for _, policy := range result.Policies {
		if policy.Error != "" || policy.Failed > 0 {
			note(sarif.LevelError, fmt.Sprintf("the policy %s failed for %d of %d subjects: %s", policy.Name, policy.Failed, policy.Subjects, policy.Error))
		}
	}
	for _, source := range result.Sources {
		if source.Unknown != "" {
			note(sarif.LevelWarning, fmt.Sprintf("the source %s could not be read whole: %s", source.Name, source.Unknown))
		}
	}
	if s.dropped > 0 {
		note(sarif.LevelWarning, fmt.Sprintf("%d more findings are left out, since code scanning takes %d at most", s.dropped, maxSARIFResults))
	}
	s.run.AddInvocation(invocation)
}
