package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/cache"
	crcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
	"github.com/remit-dev/remit/controller/operator"
	"github.com/remit-dev/remit/crds"
)

const (
	// teams is how many there are; each area has one of them. The facts of one are read by 1 area in 300, at most 34 of 10,000.
	teams = 300
	// loaders is how many areas are created side by side.
	loaders = 16
)

// bench is one control plane with a controller, and what the loader sees of it.
type bench struct {
	plane *controlplane.ControlPlane
	admin client.Client
	remit *process

	mutex sync.Mutex
	// states are of the areas as last seen, with a final status: one that is known.
	states map[string]v1alpha1.AreaState
	final  atomic.Int64
	turned chan turn
}

// turn is an area that came into another state.
type turn struct {
	name  string
	state v1alpha1.AreaState
	at    time.Time
}

func newBench(ctx context.Context, plane *controlplane.ControlPlane, binary string) (*bench, error) {
	b := &bench{plane: plane, states: map[string]v1alpha1.AreaState{}, turned: make(chan turn, 1<<16)}
	if err := plane.Install(ctx, crds.FS); err != nil {
		return nil, err
	}
	if err := plane.CreateNamespace(ctx, operator.DefaultNamespace); err != nil {
		return nil, err
	}
	if err := plane.Install(ctx, crds.RBAC); err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	var err error
	if b.admin, err = client.New(plane.Config(), client.Options{Scheme: scheme}); err != nil {
		return nil, err
	}
	if err := b.watch(ctx, scheme); err != nil {
		return nil, err
	}
	if err := b.people(ctx, nil); err != nil {
		return nil, err
	}
	source := &v1alpha1.OwnershipSource{ObjectMeta: metav1.ObjectMeta{Name: "people"}, Spec: v1alpha1.OwnershipSourceSpec{
		People: &v1alpha1.PeopleSource{ConfigMap: &v1alpha1.ConfigMapKey{Name: "people"}},
	}}
	if err := b.admin.Create(ctx, source); err != nil {
		return nil, err
	}
	account, err := plane.ServiceAccountConfig(ctx, operator.DefaultNamespace, operator.Account)
	if err != nil {
		return nil, err
	}
	kubeconfig := filepath.Join(plane.Folder(), "remit.kubeconfig")
	if err := controlplane.WriteKubeconfig(kubeconfig, account); err != nil {
		return nil, err
	}
	b.remit, err = launch(binary, filepath.Join(plane.Folder(), "remit.log"), "controller", "--kubeconfig", kubeconfig, "--listen", "127.0.0.1:0")
	return b, err
}

// watch follows the areas' statuses.
func (b *bench) watch(ctx context.Context, scheme *runtime.Scheme) error {
	watched, err := crcache.New(b.plane.Config(), crcache.Options{Scheme: scheme, DefaultTransform: crcache.TransformStripManagedFields()})
	if err != nil {
		return err
	}
	informer, err := watched.GetInformer(ctx, &v1alpha1.Area{}, crcache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	see := func(given any) {
		area, is := given.(*v1alpha1.Area)
		if !is || area.Status.ObservedGeneration != area.Generation || area.Status.State == "" || area.Status.State == v1alpha1.AreaUnknown {
			return
		}
		b.mutex.Lock()
		before, had := b.states[area.Name]
		b.states[area.Name] = area.Status.State
		b.mutex.Unlock()
		if !had {
			b.final.Add(1)
		}
		if had && before != area.Status.State {
			b.turned <- turn{area.Name, area.Status.State, time.Now()}
		}
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: see, UpdateFunc: func(_, now any) { see(now) }}); err != nil {
		return err
	}
	go func() { _ = watched.Start(ctx) }() // it ends with ctx
	return nil
}

// people writes the file of people; of the teams that are empty nobody is left.
func (b *bench) people(ctx context.Context, empty map[int]bool) error {
	var text strings.Builder
	text.WriteString("people:\n")
	for i := range teams * 4 {
		fmt.Fprintf(&text, "  - {id: p%d}\n", i)
	}
	text.WriteString("teams:\n")
	for i := range teams {
		members := fmt.Sprintf("[p%d, p%d, p%d, p%d]", 4*i, 4*i+1, 4*i+2, 4*i+3)
		if empty[i] {
			members = "[]"
		}
		fmt.Fprintf(&text, "  - {id: acme/t%d, members: %s}\n", i, members)
	}
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: operator.DefaultNamespace, Name: "people"}, Data: map[string]string{"people.yaml": text.String()}}
	if empty == nil {
		return b.admin.Create(ctx, object)
	}
	return b.admin.Update(ctx, object)
}

// load creates the areas, and waits until each has a final status.
func (b *bench) load(ctx context.Context, areas int) (created, took time.Duration, err error) {
	began := time.Now()
	work, failed := make(chan int), make(chan error, loaders)
	var group sync.WaitGroup
	for range loaders {
		group.Go(func() {
			for i := range work {
				if err := b.admin.Create(ctx, newArea(i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for i := range areas {
		select {
		case work <- i:
		case err := <-failed:
			return 0, 0, err
		}
	}
	close(work)
	group.Wait()
	last := time.Now()
	for b.final.Load() < int64(areas) {
		if time.Since(last) > 15*time.Minute {
			return 0, 0, fmt.Errorf("only %d of %d areas have a final status after 15 minutes", b.final.Load(), areas)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return last.Sub(began), time.Since(last), nil
}

func newArea(i int) *v1alpha1.Area {
	team := fmt.Sprintf("team:acme/t%d", i%teams)
	return &v1alpha1.Area{
		ObjectMeta: metav1.ObjectMeta{Namespace: operator.DefaultNamespace, Name: fmt.Sprintf("area-%d", i), Labels: map[string]string{"part": "p" + fmt.Sprint(i%10)}},
		Spec: v1alpha1.AreaSpec{
			Description: "One of many.", Tier: []string{"critical", "standard", "internal"}[i%3],
			Roles: []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{team}}, {Role: "deputy", Holders: []string{fmt.Sprintf("user:p%d", i%(teams*4))}}},
		},
	}
}

// change empties a team and fills it again, and gives how long it took each time until the last area that it answers for
// shows it. That is from when the API server has the change.
func (b *bench) change(ctx context.Context, times int) (took []time.Duration, affected int, err error) {
	for round := range times {
		team := round / 2 % teams
		of := b.ofTeam(team)
		affected = max(affected, len(of))
		b.drain()
		if err := b.people(ctx, map[int]bool{team: round%2 == 0}); err != nil {
			return nil, 0, err
		}
		began := time.Now()
		last := began
		for seen := map[string]bool{}; len(seen) < len(of); {
			select {
			case turned := <-b.turned:
				if of[turned.name] {
					seen[turned.name], last = true, turned.at
				}
			case <-time.After(time.Minute):
				return nil, 0, fmt.Errorf("only %d of %d areas changed within a minute", len(seen), len(of))
			}
		}
		took = append(took, last.Sub(began))
	}
	return took, affected, nil
}

func (b *bench) drain() {
	for {
		select {
		case <-b.turned:
		default:
			return
		}
	}
}

// ofTeam are the areas that a team answers for.
func (b *bench) ofTeam(team int) map[string]bool {
	of := map[string]bool{}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for i := team; i < len(b.states); i += teams {
		of[fmt.Sprintf("area-%d", i)] = true
	}
	return of
}

// rested is what happened while nothing happened.
type rested struct {
	// moved is how many objects but Leases have another version afterwards, are new, or are gone.
	moved   int
	percent float64
}

func (b *bench) rest(ctx context.Context, steady time.Duration) (rested, error) {
	time.Sleep(10 * time.Second) // what the last change set off ends
	before, err := b.versions(ctx)
	if err != nil {
		return rested{}, err
	}
	used, err := b.remit.processor()
	if err != nil {
		return rested{}, err
	}
	began := time.Now()
	time.Sleep(steady)
	after, err := b.remit.processor()
	if err != nil {
		return rested{}, err
	}
	result := rested{percent: 100 * float64(after-used) / float64(time.Since(began))}
	now, err := b.versions(ctx)
	if err != nil {
		return rested{}, err
	}
	for name, version := range now {
		if before[name] != version {
			result.moved++
		}
		delete(before, name)
	}
	result.moved += len(before) // they are gone
	return result, nil
}

// versions are those of all objects that Remit could write.
func (b *bench) versions(ctx context.Context) (map[string]string, error) {
	versions := map[string]string{}
	for _, kind := range []string{
		"remit.dev/v1alpha1 Area", "remit.dev/v1alpha1 RoleAssignment", "remit.dev/v1alpha1 Team", "remit.dev/v1alpha1 ResponsibilityPolicy",
		"remit.dev/v1alpha1 OwnershipSource", "remit.dev/v1alpha1 RoleConfiguration", "remit.dev/v1alpha1 Remediation",
		"events.k8s.io/v1 Event", "v1 ConfigMap", "v1 Namespace",
	} {
		version, name, _ := strings.Cut(kind, " ")
		list := &metav1.PartialObjectMetadataList{TypeMeta: metav1.TypeMeta{APIVersion: version, Kind: name + "List"}}
		if err := b.admin.List(ctx, list, client.InNamespace("")); err != nil {
			return nil, err
		}
		for i := range list.Items {
			object := &list.Items[i]
			if kind == "v1 ConfigMap" && object.Namespace != operator.DefaultNamespace {
				continue
			}
			versions[kind+" "+object.Namespace+"/"+object.Name] = object.ResourceVersion
		}
	}
	return versions, nil
}
