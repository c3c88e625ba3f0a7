package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/remit-dev/remit/controller/ownership"
)

func renderSARIF(t *testing.T, result *ownership.Result) (*sarif.Report, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := SARIF(&b, result, Options{Version: "0.1.0"}); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(b.Bytes(), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	return log, b.Bytes()
}

// The schema is the one of SARIF 2.1.0 errata 01, which go-sarif ships.
func TestSARIFIsValid(t *testing.T) {
	for name, result := range map[string]*ownership.Result{"rich": rich(), "bare": bare(), "clean": clean(), "empty": empty()} {
		t.Run(name, func(t *testing.T) {
			log, text := renderSARIF(t, result)
			if err := log.Validate(); err != nil {
				t.Errorf("the log does not follow the schema: %v", err)
			}
			golden(t, "sarif_"+name+".json", text)
		})
	}
}

// What code scanning asks of each result beyond the schema.
func TestSARIFIsWhatCodeScanningNeeds(t *testing.T) {
	log, _ := renderSARIF(t, rich())
	run := log.Runs[0]
	fingerprints := map[string]bool{}
	for _, result := range run.Results {
		if len(result.Locations) != 1 {
			t.Fatalf("%s has %d places, want 1", *result.RuleID, len(result.Locations))
		}
		place := result.Locations[0].PhysicalLocation
		if *place.Region.StartLine < 1 || *place.Region.EndLine < *place.Region.StartLine {
			t.Errorf("lines %d to %d", *place.Region.StartLine, *place.Region.EndLine)
		}
		uri := *place.ArtifactLocation.URI
		if strings.ContainsAny(uri, " \x1b\n<>\"\\|`") || strings.HasPrefix(uri, "/") {
			t.Errorf("URI %q is not a relative reference", uri)
		}
		if base := place.ArtifactLocation.URIBaseID; base != nil {
			if _, known := run.OriginalUriBaseIds[*base]; !known {
				t.Errorf("base %q is not described", *base)
			}
			if strings.HasPrefix(uri, "..") {
				t.Errorf("URI %q leaves its base", uri)
			}
		}
		if got := *run.Tool.Driver.Rules[result.RuleIndex].ID; got != *result.RuleID {
			t.Errorf("rule index of %s is that of %s", *result.RuleID, got)
		}
		hash := result.PartialFingerprints["primaryLocationLineHash"]
		if hash == "" || fingerprints[hash] {
			t.Errorf("fingerprint %q of %s is empty or not its own", hash, *result.RuleID)
		}
		fingerprints[hash] = true
	}
	if want := len(New(rich(), Baseline{})); len(run.Results) != want {
		t.Errorf("%d results of %d raised findings", len(run.Results), want)
	}
}

func TestSARIFShowsAPersonWhereTheyAreNamed(t *testing.T) {
	result := rich()
	sam := ownership.Finding{Policy: "offboarding", Subject: "user:sam", Key: "1", Rule: "deny", Severity: ownership.High, Status: ownership.Raised}
	approver, nowhere := sam, sam
	approver.Role, nowhere.Subject = ownership.Approver, "user:nobody"
	result.Areas = []ownership.AreaResult{{ID: "a/b",
		Declared: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{ownership.Accountable: {{Holder: "user:sam", Location: at("a.yaml", 4)}}}),
		Observed: ownership.AssignmentsOf(map[ownership.Role][]ownership.Observed{ownership.Approver: {{Holder: "user:sam", Locations: []ownership.Location{in("acme/shop", "CODEOWNERS", 17)}}}}),
	}}
	s := newSARIF(result, Options{})
	for name, test := range map[string]struct {
		finding ownership.Finding
		want    ownership.Location
	}{
		"declared": {sam, at("a.yaml", 4)}, "by role": {approver, in("acme/shop", "CODEOWNERS", 17)}, "nowhere": {nowhere, ownership.Location{File: fallbackFile}},
	} {
		if got := s.findingLocation(test.finding); got != test.want {
			t.Errorf("%s: shown at %s, want %s", name, got, test.want)
		}
	}
}

func TestSARIFSaysNoDefaults(t *testing.T) {
	if _, text := renderSARIF(t, rich()); bytes.Contains(text, []byte(": -1")) {
		t.Error("the log holds -1, which is what its readers assume")
	}
	if _, text := renderSARIF(t, clean()); !bytes.Contains(text, []byte(`"results": []`)) {
		t.Error("the log of a clean result does not say that there are no results")
	}
}

func TestSARIFFingerprintOutlivesMessageAndLine(t *testing.T) {
	finding := rich().Findings[0]
	before := fingerprint(finding)
	finding.Message, finding.Location.Line, finding.Severity = "otherwise", 99, ownership.Low
	if fingerprint(finding) != before {
		t.Error("the fingerprint changed with the message")
	}
	if finding.Key = "other"; fingerprint(finding) == before {
		t.Error("the fingerprint did not change with the key")
	}
}

func TestSARIFIsBounded(t *testing.T) {
	result := &ownership.Result{}
	for i := range maxSARIFResults + 7 {
		result.Findings = append(result.Findings, ownership.Finding{Policy: "p", Subject: "s", Key: fmt.Sprint(i),
			Rule: "deny", Severity: ownership.Low, Status: ownership.Raised})
	}
	log, _ := renderSARIF(t, result)
	if got := len(log.Runs[0].Results); got != maxSARIFResults {
		t.Errorf("%d results", got)
	}
	notes := log.Runs[0].Invocations[0].ToolExecutionNotifications
	if len(notes) != 1 || !strings.HasPrefix(*notes[0].Message.Text, "7 more findings") {
		t.Errorf("notifications %v do not say what was left out", notes)
	}
}
