package operator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/controller/source/people"
	"github.com/remit-dev/remit/policies"
)

// many is a cluster with many Areas, each of which has one of a number of teams of four.
type many struct {
	declared declared
	policies *engine.Policies
	teams    int
}

func newMany(t testing.TB, areas, teams int) *many {
	t.Helper()
	m := &many{declared: declared{seen: map[subject]seen{}}, teams: teams}
	for i := range areas {
		m.declared.objects.Areas = append(m.declared.objects.Areas, &v1alpha1.Area{
			ObjectMeta: metav1.ObjectMeta{Namespace: DefaultNamespace, Name: fmt.Sprintf("area-%d", i), UID: types.UID(fmt.Sprint(i)), Generation: 1},
			Spec: v1alpha1.AreaSpec{
				Tier: []string{"critical", "standard", "internal"}[i%3],
				Roles: []v1alpha1.RoleHolders{
					{Role: "accountable", Holders: []string{fmt.Sprintf("team:acme/t%d", i%teams)}},
					{Role: "deputy", Holders: []string{fmt.Sprintf("user:p%d", i%(4*teams))}},
				},
			},
		})
	}
	m.assemble()
	m.compile(t, policies.Names())
	return m
}

// compile has the areas judged by policies of the library.
func (m *many) compile(t testing.TB, names []string) {
	t.Helper()
	compiled, problems := engine.CompilePolicies(engine.PolicyInput{Manifests: m.declared.set, Default: names})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m.policies = compiled
}

// assemble reads the objects as they are now.
func (m *many) assemble() {
	m.declared.set, m.declared.problems = m.declared.objects.Assemble()
	for _, area := range m.declared.objects.Areas {
		m.declared.seen[subject{"Area", types.NamespacedName{Namespace: area.Namespace, Name: area.Name}}] = seen{
			uid: area.UID, generation: area.Generation, asked: area.Annotations[v1alpha1.AnnotationReconcileAt],
		}
	}
}

// exempt has what one policy finds of an area exempt for some time.
func (m *many) exempt(t testing.TB, until time.Time) {
	t.Helper()
	policy := &v1alpha1.ResponsibilityPolicy{ObjectMeta: metav1.ObjectMeta{Name: "valid"}}
	policy.Spec.Library = "valid-holder"
	policy.Spec.Exemptions = []v1alpha1.Exemption{{
		Subject: DefaultNamespace + "/area-4", Owner: "user:p0", Reason: "it is being handed over", Expires: metav1.Time{Time: until},
	}}
	m.declared.objects.Policies = []*v1alpha1.ResponsibilityPolicy{policy}
	m.assemble()
	m.compile(t, nil)
}

// input is that of a pass while some teams have nobody left.
func (m *many) input(now time.Time, empty ...int) engine.Input {
	var text strings.Builder
	text.WriteString("people:\n")
	for i := range 4 * m.teams {
		fmt.Fprintf(&text, "  - {id: p%d}\n", i)
	}
	text.WriteString("teams:\n")
	for i := range m.teams {
		members := fmt.Sprintf("[p%d, p%d, p%d, p%d]", 4*i, 4*i+1, 4*i+2, 4*i+3)
		if slices.Contains(empty, i) {
			members = "[]"
		}
		fmt.Fprintf(&text, "  - {id: acme/t%d, members: %s}\n", i, members)
	}
	read := people.NewText("people", v1alpha1.PeopleSource{}, "a text", func(context.Context) ([]byte, error) { return []byte(text.String()), nil })
	return engine.Input{
		Now: now, Manifests: m.declared.set, Policies: m.policies, Problems: m.declared.problems,
		Sources: []snapshot.Source{{Name: "people", Kind: read.Kind(), Observation: read.Observe(context.Background(), now)}},
	}
}

// What a speaker keeps from one pass to the next never shows: it says what one that hears of everything for the first time
// says. And it does keep what is the same.
func TestSpeakerSaysTheSame(t *testing.T) {
	m := newMany(t, 60, 6)
	area := func(i int) *v1alpha1.Area { return m.declared.objects.Areas[i] }
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	edited := func(edit func()) func() { return func() { edit(); m.assemble() } }
	steps := []struct {
		reason string
		change func()
		empty  []int
		// anew is how many statuses of Areas are made anew; where objects have changed all may be, and it is not counted.
		anew int
	}{
		{"the first pass knows nothing", nil, nil, 60},
		{"nothing has changed", nil, nil, 0},
		{"one area in six has a team that was emptied", nil, []int{2}, 10},
		{"and is owned again", nil, nil, 10},
		{"no policy finds anything any more in areas that are as before", func() { m.compile(t, nil) }, nil, 0},
		{"all policies find again what they found", func() { m.compile(t, policies.Names()) }, nil, 0},
		{"something is wrong with an area's object that its result does not show", func() {
			m.declared.problems = []ownership.Problem{{
				Location: manifest.ObjectLocation("Area", DefaultNamespace, "area-9"), Message: "nobody can see that", Warning: true,
			}}
		}, nil, 0},
		{"and is mended", func() { m.declared.problems = nil }, nil, 0},
		{"an exemption covers what was found", func() { m.exempt(t, now.Add(time.Hour)) }, []int{4}, 0},
		{"as it did before", nil, []int{4}, 0},
		{"time passes, and the exemption is over", func() { now = now.Add(2 * time.Hour) }, []int{4}, 0},
		{"no policy judges any area", func() { m.declared.objects.Policies = nil; m.assemble(); m.compile(t, nil) }, nil, 0},
		{"and ten lose their owner", nil, []int{4}, 10},
		{"nothing but the request has changed of an object", func() {
			key := subject{"Area", types.NamespacedName{Namespace: DefaultNamespace, Name: "area-11"}}
			m.declared.seen[key] = seen{uid: "11", generation: 1, asked: "soon"}
		}, []int{4}, 0},
		{"a status names the generation that it is of", edited(func() { area(3).Generation++ }), nil, 0},
		{"a status names the request that was answered", edited(func() {
			area(4).Annotations = map[string]string{v1alpha1.AnnotationReconcileAt: "now"}
		}), nil, 0},
		{"another object of the same name", edited(func() { area(5).UID = "another" }), nil, 0},
		{"it is not judged any more", edited(func() { area(6).Generation++; area(6).Spec.Suspend = true }), nil, 0},
		{"a suspended area's status is nothing to keep", nil, nil, 1},
		{"it is judged again", edited(func() { area(6).Generation++; area(6).Spec.Suspend = false }), nil, 0},
		{"a problem with the object itself is said in its status", edited(func() {
			area(7).Generation++
			area(7).Spec.Parent = "no-such-area"
		}), nil, 0},
		{"a finding more, of a policy", edited(func() { area(8).Generation++; area(8).Spec.Roles = area(8).Spec.Roles[:1] }), nil, 0},
		{"an area is gone, and one is emptied beside", edited(func() {
			gone := area(0)
			delete(m.declared.seen, subject{"Area", types.NamespacedName{Namespace: gone.Namespace, Name: gone.Name}})
			m.declared.objects.Areas = m.declared.objects.Areas[1:]
		}), []int{3}, 0},
	}
	running, kept := engine.New(), speaker{}
	before := map[subject]said{}
	for _, step := range steps {
		t.Run(step.reason, func(t *testing.T) {
			if step.change != nil {
				step.change()
			}
			input := m.input(now, step.empty...)
			outcome, err := running.Pass(t.Context(), input)
			if err != nil {
				t.Fatal(err)
			}
			alone, err := engine.Pass(t.Context(), input)
			if err != nil {
				t.Fatal(err)
			}
			says, first := kept.say(&m.declared, outcome, nil, now), new(speaker).say(&m.declared, alone, nil, now)
			if diff := cmp.Diff(first, says, cmp.AllowUnexported(said{})); diff != "" {
				t.Errorf("a speaker that keeps something says something else (-first +kept):\n%s", diff)
			}
			anew := 0
			for key, is := range says {
				if key.kind == "Area" && is.status != before[key].status {
					anew++
				}
			}
			if step.change == nil && anew != step.anew {
				t.Errorf("%d statuses were made anew, not %d", anew, step.anew)
			}
			before = says
		})
	}
}
