package cli

import (
	"strings"
	"testing"
)

// Grants count without a cluster where the manifests have some, and only there.
func TestGrants(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	const areas = `
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: storefront, namespace: web}
spec:
  scope: {repositories: [{name: acme/shop, paths: [/web/]}]}
  roles: [{role: accountable, holders: ["team:acme/storefront"]}]
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: all, namespace: evil}
spec:
  scope: {repositories: [{name: acme/shop, paths: [/web/app.js]}]}
  roles: [{role: accountable, holders: ["user:eve"]}]
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: rest, namespace: remit-system}
spec:
  scope: {repositories: [{name: acme/shop}]}
  roles: [{role: accountable, holders: ["user:ada"]}]
`
	source := "apiVersion: remit.dev/v1alpha1\nkind: OwnershipSource\nmetadata: {name: checkouts}\nspec:\n  git: {path: " + root + "}\n"
	const grants = "  grants: [{to: {namespaces: [web]}, repositories: [{name: acme/shop, paths: [/web/]}]}]\n"
	for name, test := range map[string]struct {
		reason, manifests string
		code              int
		owner             string
		says              []string
	}{
		"without grants": {"whoever may write the files may claim anything", source + areas, 0, "evil/all", nil},
		"with grants": {"what is not granted is an error, and takes nothing from anybody", source + grants + areas, 2, "web/storefront", []string{
			`acme.yaml:20:52: spec.scope.repositories[0].paths[0]: evil/all claims "/web/app.js" of acme/shop, and no grant is to the namespace "evil"`,
			`add {to: {namespaces: [evil]}, repositories: [{name: acme/shop, paths: ["/web/app.js"]}]} to spec.grants of one, or take it out of the Area`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, map[string]string{"acme.yaml": test.manifests})
			t.Chdir(folder)
			got := call(t, "", "check", "--manifests", folder)
			if got.code != test.code {
				t.Errorf("%s: it ended with %d, want %d\n%s%s", test.reason, got.code, test.code, got.out, got.err)
			}
			all := strings.Join(strings.Fields(got.out+got.err), " ")
			for _, part := range test.says {
				if !strings.Contains(all, part) {
					t.Errorf("%s: %q is not in\n%s", test.reason, part, all)
				}
			}
			path := call(t, "", "explain", "--manifests", folder, "web/app.js")
			if !strings.Contains(path.out, test.owner) {
				t.Errorf("%s: web/app.js is not said to be of %s\n%s%s", test.reason, test.owner, path.out, path.err)
			}
			if strings.Contains(all, "✗") {
				t.Errorf("%s: a policy raises what follows from what is denied:\n%s", test.reason, got.out)
			}
			if area := call(t, "", "explain", "--manifests", folder, "evil/all"); strings.Contains(area.out, "ScopeDenied") != (test.says != nil) {
				t.Errorf("%s: explain says\n%s%s", test.reason, area.out, area.err)
			}
		})
	}
}
