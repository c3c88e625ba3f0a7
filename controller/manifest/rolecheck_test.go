package manifest

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// Owners on labels that count for nothing are told of, since nothing else shows it.
func TestRoleOfLabels(t *testing.T) {
	inGit := []v1alpha1.SourceKindName{"git"}
	configured := &v1alpha1.RoleConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "default"},
		Spec: v1alpha1.RoleConfigurationSpec{Roles: []v1alpha1.RoleDefinition{
			{Name: "accountable", ObservableIn: &inGit}, {Name: "steward", ObservableIn: &[]v1alpha1.SourceKindName{"kubernetes"}},
		}},
	}
	tests := map[string]struct {
		reason string
		role   string
		roles  *v1alpha1.RoleConfiguration
		want   string // part of the problem, and whether it is a warning
	}{
		"the default":    {"accountable is seen in clusters", "", nil, ""},
		"not observable": {"nobody is seen as approver there", "approver", nil, `warning: the role "approver" is not observable`},
		"configured so":  {"the configuration takes it away", "", configured, `warning: the role "accountable" is not observable`},
		"of their own":   {"the configuration gives it", "steward", configured, ""},
		"misspelt":       {"there is no such role", "acountable", nil, `error: the role "acountable" is not configured`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			objects := Objects{Sources: []*v1alpha1.OwnershipSource{{
				ObjectMeta: metav1.ObjectMeta{Name: "cluster"}, Spec: v1alpha1.OwnershipSourceSpec{Kubernetes: &v1alpha1.KubernetesSource{Role: test.role}},
			}}}
			if test.roles != nil {
				objects.Roles = []*v1alpha1.RoleConfiguration{test.roles}
			}
			_, problems := objects.Assemble()
			var said []string
			for _, problem := range problems {
				level := "error"
				if problem.Warning {
					level = "warning"
				}
				said = append(said, level+": "+problem.Message)
				if problem.Field != "spec.kubernetes.role" || problem.Remedy == "" {
					t.Errorf("%s: it is told of %q, with what to do: %q", test.reason, problem.Field, problem.Remedy)
				}
			}
			if got := strings.Join(said, "; "); !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("%s: %q", test.reason, got)
			}
		})
	}
}
