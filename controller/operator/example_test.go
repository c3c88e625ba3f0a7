package operator

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/acme"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/standalone"
)

// judged is what is compared of an area.
type judged struct {
	State       v1alpha1.AreaState
	Accountable string
	Drift       int32
	Findings    int32
	Coverage    string
}

// The example organisation applied to a cluster comes to the states that `remit check` gives for the same files.
func TestExampleOrganisation(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../examples/acme")); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if _, err := acme.Make(folder, now); err != nil {
		t.Fatal(err)
	}
	manifests := filepath.Join(folder, "manifests")
	checker, err := standalone.New(standalone.Settings{Manifests: manifests})
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := checker.Check(t.Context(), now, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[ownership.AreaID]judged{}
	for i := range outcome.Result.Areas {
		area := &outcome.Result.Areas[i]
		if area.Virtual {
			continue
		}
		var findings []ownership.Finding
		for _, finding := range outcome.Result.Findings {
			if finding.Subject == string(area.ID) {
				findings = append(findings, finding)
			}
		}
		want[area.ID] = judgedOf(*areaStatus(area, findings, nil))
	}
	if len(want) < 20 {
		t.Fatalf("the example has %d areas only", len(want))
	}

	s := newScene(t)
	s.Kubectl(t, "apply", "--server-side", "-f", manifests)
	s.start(func(options *Options) { options.Files, options.FilesRoot = manifests, folder })
	s.eventually(func() error {
		var areas v1alpha1.AreaList
		if err := s.admin.List(t.Context(), &areas); err != nil {
			return err
		}
		got := map[ownership.AreaID]judged{}
		for _, area := range areas.Items {
			got[ownership.DeclaredArea(area.Namespace, area.Name)] = judgedOf(area.Status)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("what check says, and what the cluster does (-check +cluster):\n%s", diff)
		}
		return nil
	})
	t.Log("\n" + s.Kubectl(t, "get", "remit", "-A"))
}

func judgedOf(status v1alpha1.AreaStatus) judged {
	j := judged{State: status.State, Accountable: status.Accountable, Drift: status.DriftTotal, Findings: status.FindingsTotal}
	if status.Coverage != nil {
		j.Coverage = status.Coverage.Percent
	}
	return j
}
