package operator

import (
	"context"
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/policies"
)

// BenchmarkSay measures what a pass over 10,000 areas costs beside the engine: the statuses, their comparison and the metrics.
func BenchmarkSay(b *testing.B) {
	var d declared
	d.seen = map[subject]seen{}
	for i := range 10_000 {
		area := &v1alpha1.Area{
			ObjectMeta: metav1.ObjectMeta{Namespace: "remit-system", Name: fmt.Sprintf("area-%d", i), UID: types.UID(fmt.Sprint(i)), Generation: 1},
			Spec: v1alpha1.AreaSpec{Tier: "critical", Roles: []v1alpha1.RoleHolders{
				{Role: "accountable", Holders: []string{fmt.Sprintf("team:acme/t%d", i%300)}}, {Role: "deputy", Holders: []string{"user:alice"}},
			}},
		}
		d.objects.Areas = append(d.objects.Areas, area)
		d.seen[subject{"Area", types.NamespacedName{Namespace: area.Namespace, Name: area.Name}}] = seen{uid: area.UID, generation: 1}
	}
	d.set, d.problems = d.objects.Assemble()
	compiled, problems := engine.CompilePolicies(engine.PolicyInput{Manifests: d.set, Default: policies.Names()})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	now := time.Now()
	outcome, err := engine.Pass(context.Background(), engine.Input{Now: now, Manifests: d.set, Policies: compiled})
	if err != nil {
		b.Fatal(err)
	}
	board := newBoard()
	page, err := metrics.New(metrics.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("statuses", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			say(&d, outcome, nil, now)
		}
	})
	b.Run("suggestions", func(b *testing.B) {
		for b.Loop() {
			suggestions(outcome)
		}
	})
	b.Run("compared", func(b *testing.B) {
		all := say(&d, outcome, nil, now)
		board.say(all)
		for b.Loop() {
			b.StopTimer()
			again := say(&d, outcome, nil, now)
			b.StartTimer()
			board.say(again)
		}
	})
	b.Run("metrics", func(b *testing.B) {
		for b.Loop() {
			if err := page.Set(outcome.Result, nil, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("assembled", func(b *testing.B) {
		for b.Loop() {
			d.objects.Assemble()
		}
	})
}
