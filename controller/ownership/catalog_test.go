package ownership

import (
	"strings"
	"testing"
)

func TestParseEntityRef(t *testing.T) {
	cases := map[string]struct {
		reason, text, kind, namespace string
		want                          EntityRef
	}{
		"Whole":           {"as it is", "component:default/checkout", "", "", "component:default/checkout"},
		"Case":            {"compared without regard to it", "Component:Sales/Check-Out_1.0", "", "", "component:sales/check-out_1.0"},
		"Name":            {"kind and namespace as given", "payments", "Group", "Default", "group:default/payments"},
		"Kind":            {"namespace as given", "user:alice", "group", "acme", "user:acme/alice"},
		"Namespace":       {"kind as given", "acme/payments", "group", "default", "group:acme/payments"},
		"NoKind":          {"none is given", "checkout", "", "default", ""},
		"Empty":           {"nothing", "", "group", "default", ""},
		"NoName":          {"nothing after the slash", "group:default/", "group", "default", ""},
		"NoNamespace":     {"nothing before the slash", "group:/x", "group", "default", ""},
		"Sentence":        {"spaces", "the payments people", "group", "default", ""},
		"SlashFirst":      {"a colon after the slash belongs to the name, and is none there", "a/b:c", "group", "default", ""},
		"TwoSlashes":      {"a name has none", "group:a/b/c", "group", "default", ""},
		"Long":            {"63 characters", strings.Repeat("x", 64), "group", "default", ""},
		"AsLongAsAllowed": {"63 characters", strings.Repeat("x", 63), "group", "default", EntityRef("group:default/" + strings.Repeat("x", 63))},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := ParseEntityRef(tc.text, tc.kind, tc.namespace)
			if got != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("%s: got %q, %v; want %q", tc.reason, got, err, tc.want)
			}
			if err == nil && string(got) != got.Kind()+":"+got.Namespace()+"/"+got.Name() {
				t.Errorf("%s: %q falls into %q, %q, %q", tc.reason, got, got.Kind(), got.Namespace(), got.Name())
			}
		})
	}
}
