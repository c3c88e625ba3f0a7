package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProblems compares what a user reads of bad manifests, and what is left of the good ones, with
// testdata/<folder>.golden. UPDATE=1 writes them.
func TestProblems(t *testing.T) {
	for _, name := range []string{"fields", "kinds", "names", "parents", "roles", "syntax"} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join("testdata", name)
			set, problems, err := Load(folder)
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			for _, problem := range problems {
				if problem.Warning {
					text.WriteString("warning: ")
				}
				text.WriteString(strings.TrimPrefix(problem.Error(), folder+"/") + "\n")
			}
			text.WriteString("\nleft:\n" + strings.Join(names(set), "\n") + "\n")
			compareGolden(t, folder+".golden", strings.ReplaceAll(text.String(), folder+"/", ""))
		})
	}
}

// names lists what is in a set, with the reasons for which areas are broken.
func names(set *Set) []string {
	var all []string
	for _, area := range set.Areas {
		name := "Area " + string(AreaID(&area.Value))
		if broken, is := set.Broken[AreaID(&area.Value)]; is {
			name += " " + broken.Reason
		}
		all = append(all, name)
	}
	for _, object := range set.RoleAssignments {
		all = append(all, "RoleAssignment "+object.Value.Namespace+"/"+object.Value.Name)
	}
	for _, object := range set.Teams {
		all = append(all, fmt.Sprintf("Team %s id=%s parent=%q", object.Value.Name, object.Value.Spec.ID, object.Value.Spec.Parent))
	}
	for _, object := range set.Policies {
		all = append(all, "ResponsibilityPolicy "+object.Value.Name)
	}
	for _, object := range set.Sources {
		all = append(all, "OwnershipSource "+object.Value.Name)
	}
	if set.Roles != nil {
		all = append(all, "RoleConfiguration "+set.Roles.Value.Name)
	}
	return slices.Clip(all)
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
