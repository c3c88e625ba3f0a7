package manifest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

func lineAndMessage(line int, message string) string { return fmt.Sprintf("%d %s", line, message) }

// What a word means is what kubectl makes of it: sigs.k8s.io/yaml is its reader.
func TestScalarsAsKubectl(t *testing.T) {
	for _, text := range []string{
		"a", `"a"`, "'a'", "true", "True", "TRUE", "false", "yes", "Yes", "no", "NO", "on", "Off", "y", "n", `"yes"`, "'no'",
		"~", "null", "Null", `""`, `"null"`, "1", "-1", "+1", "0", "1.5", "1e3", "-.5", "0x1F", "0o17", "1_000", "9223372036854775807",
		"2026-01-31", "2026-01-31T10:00:00Z", "12:30", "1.2.3", "!!str 1", "!!str true", "[a, 1, ~]", "{a: 1}", "@", "a#b", "a #b", "é", `"\u00e9"`,
		"|\n  a\n  b\n", ">\n  a\n  b\n", "=", "<<", "-", "1a", "0b101", "017", "08",
	} {
		t.Run(text, func(t *testing.T) {
			text := "k: " + text + "\n"
			want, err := sigsyaml.YAMLToJSON([]byte(text))
			var node yaml.Node
			nodeErr := yaml.Unmarshal([]byte(text), &node)
			if err != nil || nodeErr != nil {
				if (err == nil) != (nodeErr == nil) {
					t.Fatalf("kubectl's reader says %v, ours %v", err, nodeErr)
				}
				return
			}
			reader := reader{file: "f"}
			got, err := json.Marshal(reader.read(node.Content[0]))
			if err != nil || len(reader.problems) > 0 {
				t.Fatal(err, reader.problems)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-kubectl +ours):\n%s", diff)
			}
		})
	}
}

func TestFieldLocation(t *testing.T) {
	text := `# a comment
apiVersion: remit.dev/v1alpha1
kind: Area
metadata:
  name: shop
  labels:
    app.kubernetes.io/part-of: shop
spec:
  scope:
    repositories:
      - name: acme/shop
        paths:
          - /cmd/
          - "*.go"
  roles:
    - role: accountable
      holders: [team:acme/shop, user:alice]
`
	set, problems := loadText(t, newLoader(t), text)
	if len(problems) > 0 || len(set.Areas) != 1 {
		t.Fatal(problems)
	}
	lines := strings.Split(text, "\n")
	cases := map[string]struct {
		reason string
		path   string
		want   string // the text at the place
	}{
		"Scalar":     {"a scalar is where its value is", "metadata.name", "shop"},
		"List":       {"a list is where its key is", "spec.roles", "roles:"},
		"Entry":      {"an entry is where it begins", "spec.roles[0]", "role: accountable"},
		"InFlow":     {"lists in brackets, too", "spec.roles[0].holders[1]", "user:alice]"},
		"Path":       {"nested lists", "spec.scope.repositories[0].paths[1]", `"*.go"`},
		"Label":      {"keys with dots, as libraries write them", "metadata.labels[app.kubernetes.io/part-of]", "shop"},
		"Default":    {"what is not written is where the field around it is", "spec.roles[0].add", "role: accountable"},
		"Nothing":    {"and else where the object begins", "status.state", "apiVersion"},
		"Whole":      {"no path is the object", "", "apiVersion"},
		"Unfinished": {"a broken path still leads somewhere", "spec.roles[0", "roles:"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := set.Areas[0].FieldLocation(c.path)
			if !strings.HasSuffix(got.File, "m.yaml") || got.Line == 0 || got.Column == 0 {
				t.Fatalf("%s: got %v", c.reason, got)
			}
			if there := lines[got.Line-1][got.Column-1:]; !strings.HasPrefix(there, c.want) {
				t.Errorf("%s: want %q at %v, found %q", c.reason, c.want, got, there)
			}
		})
	}
}

func TestDefaultsAndNamespace(t *testing.T) {
	set, problems := loadText(t, newLoader(t), manifestOf("OwnershipSource", "checkouts", "{git: {path: .}}")+"---\n"+goodArea)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	spec := set.Sources[0].Value.Spec
	got := []any{spec.Git.Tree, *spec.Git.HistoryDays, spec.Interval.Duration.String(), spec.MaxStaleness.Duration.String(), set.Areas[0].Value.Namespace, set.Sources[0].Value.Namespace}
	if diff := cmp.Diff([]any{"head", int32(180), "5m0s", "24h0m0s", "default", ""}, got); diff != "" {
		t.Error(diff)
	}
}
