package manifest

import (
	"encoding/json"
	"slices"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/remit-dev/remit/controller/internal/kindcases"
	"github.com/remit-dev/remit/controller/ownership"
)

// Each bound of each schema is kept, and whoever breaks it reads the field.
func TestBoundsAreKept(t *testing.T) {
	loader := newLoader(t)
	eachCRD(t, func(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition) {
		if crd.Spec.Names.Kind == madeByRemit {
			return
		}
		valid, err := kindcases.Valid(crd.Spec.Names.Kind)
		if err != nil {
			t.Fatal(err)
		}
		broken, missing := kindcases.Bounds(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, "spec", valid)
		for _, name := range missing {
			t.Errorf("no valid case has the field, so that nothing breaks %s", name)
		}
		for name, c := range broken {
			text, err := json.Marshal(c.Object)
			if err != nil {
				t.Fatal(err)
			}
			_, problems := loadText(t, loader, string(text))
			if !slices.ContainsFunc(problems, func(p ownership.Problem) bool { return p.Field == c.Field && !p.Warning }) {
				t.Errorf("%s: no problem of %s in %v", name, c.Field, problems)
			}
		}
	})
}
