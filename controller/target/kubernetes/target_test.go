package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/ownership"
)

const key = "remit.dev/owner"

// api is an API server with one namespace, as far as a target asks it.
type api struct {
	client.Reader
	client.Writer
	labels  map[string]string
	failing error
	// patches are those that came; refusing answers them.
	patches  []string
	refusing error
	// conflicts is how many patches come too late: somebody else was faster each time, and did this.
	conflicts int
	faster    func(*api)
	version   int
	other     string // the annotation of an owner
}

// named is the annotation of an owner that a plan rests on.
type named string

func (n named) Same(annotations, _ map[string]string) bool { return annotations[key] == string(n) }

var conflict = apierrors.NewConflict(schema.GroupResource{Resource: "namespaces"}, "web", errors.New("changed"))

func (a *api) Get(_ context.Context, at client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	if a.failing != nil {
		return a.failing
	}
	if at.Name != "web" {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, at.Name)
	}
	into.SetName(at.Name)
	into.SetResourceVersion(strconv.Itoa(a.version))
	into.SetLabels(a.labels)
	into.SetAnnotations(map[string]string{key: a.other})
	return nil
}

func (a *api) Patch(_ context.Context, object client.Object, patch client.Patch, _ ...client.PatchOption) error {
	text, err := patch.Data(object)
	if err != nil {
		return err
	}
	a.patches = append(a.patches, string(text))
	if a.conflicts--; a.conflicts >= 0 {
		a.version++
		if a.faster != nil {
			a.faster(a)
		}
		return conflict
	}
	return a.refusing
}

func set(before, after string) ownership.Change {
	return ownership.Change{Target: ownership.TargetKubernetes, Operation: ownership.SetLabel, Namespace: "web", Key: key, Before: before, After: after}
}

func remove(before string) ownership.Change {
	change := set(before, "")
	change.Operation = ownership.RemoveLabel
	return change
}

func TestApply(t *testing.T) {
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "namespaces"}, "web", errors.New("no"))
	cases := map[string]struct {
		reason  string
		labels  map[string]string
		change  ownership.Change
		failing error
		refused error
		want    Finding
		patched bool
		fails   bool
	}{
		"set where there is none":     {reason: "as planned", change: set("", "pay"), want: Done, patched: true},
		"set where there is an empty": {reason: "an empty value says nothing, to the plan neither", labels: map[string]string{key: ""}, change: set("", "pay"), want: Done, patched: true},
		"set another":                 {reason: "as planned", labels: map[string]string{key: "web"}, change: set("web", "pay"), want: Done, patched: true},
		"set what is set":             {reason: "somebody was faster", labels: map[string]string{key: "pay"}, change: set("web", "pay"), want: Done},
		"set what is another by now":  {reason: "somebody has decided otherwise", labels: map[string]string{key: "ops"}, change: set("web", "pay"), want: Moved},
		"set what is gone by now":     {reason: "somebody has decided otherwise", change: set("web", "pay"), want: Moved},
		"set what is empty by now":    {reason: "somebody has decided otherwise", labels: map[string]string{key: ""}, change: set("web", "pay"), want: Moved},
		"remove":                      {reason: "as planned", labels: map[string]string{key: "web", "other": "stays"}, change: remove("web"), want: Done, patched: true},
		"remove what is gone":         {reason: "it is gone", change: remove("web"), want: Done},
		"remove what is empty":        {reason: "it names nobody any more", labels: map[string]string{key: ""}, change: remove("web"), want: Done},
		"remove what is another":      {reason: "somebody has decided otherwise", labels: map[string]string{key: "ops"}, change: remove("web"), want: Moved},
		"a namespace that is gone":    {reason: "there is nothing to label", change: func() ownership.Change { c := set("", "pay"); c.Namespace = "gone"; return c }(), want: Moved},
		"forbidden":                   {reason: "it is not asked again and again", change: set("", "pay"), refused: forbidden, want: Moved, patched: true},
		"no answer":                   {reason: "what became of it is unknown", change: set("", "pay"), refused: errors.New("timeout"), patched: true, fails: true},
		"unreadable":                  {reason: "what is there is unknown", change: set("", "pay"), failing: errors.New("timeout"), fails: true},
		"no label":                    {reason: "the API server would refuse it", change: set("", "a/b"), want: Moved},
		"no value":                    {reason: "that would remove it", change: set("web", ""), want: Moved},
		"another target":              {reason: "it is not this one's", change: ownership.Change{Target: "worktree", Operation: ownership.SetLabel, Namespace: "web", Key: key, After: "pay"}, want: Moved},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := &api{labels: c.labels, failing: c.failing, refusing: c.refused, version: 7}
			got, message, err := New(a, a).Apply(t.Context(), c.change, named(""))
			if got != c.want || (err != nil) != c.fails || (got == Moved) != (message != "") {
				t.Errorf("%s, %q, %v; want %s: %s", got, message, err, c.want, c.reason)
			}
			var want []string
			if c.patched {
				var value any
				if c.change.After != "" {
					value = c.change.After
				}
				text, err := json.Marshal(map[string]any{"metadata": map[string]any{"resourceVersion": "7", "labels": map[string]any{key: value}}})
				if err != nil {
					t.Fatal(err)
				}
				want = []string{string(text)}
			}
			if diff := cmp.Diff(want, a.patches); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// What others do to the namespace between look and patch makes a difference where it is about its owner, and no other.
func TestApplyBesideOthers(t *testing.T) {
	for name, c := range map[string]struct {
		reason    string
		other     string
		conflicts int
		faster    func(*api)
		want      Finding
		patches   int
	}{
		"another key":            {reason: "it names somebody since the plan was made", other: "ops", want: Moved},
		"other edits":            {reason: "they are not about the owner", conflicts: 3, want: Done, patches: 4},
		"edits without end":      {reason: "it is given up", conflicts: 100, want: Moved, patches: 5},
		"another key, faster":    {reason: "it names somebody by now", conflicts: 1, faster: func(a *api) { a.other = "ops" }, want: Moved, patches: 1},
		"another owner, faster":  {reason: "somebody has decided otherwise", conflicts: 1, faster: func(a *api) { a.labels = map[string]string{key: "ops"} }, want: Moved, patches: 1},
		"the same owner, faster": {reason: "it is what is wanted", conflicts: 1, faster: func(a *api) { a.labels = map[string]string{key: "pay"} }, want: Done, patches: 1},
	} {
		t.Run(name, func(t *testing.T) {
			a := &api{labels: map[string]string{key: "web"}, conflicts: c.conflicts, faster: c.faster, other: c.other}
			got, message, err := New(a, a).Apply(t.Context(), set("web", "pay"), named(""))
			if err != nil || got != c.want || (got == Moved) != (message != "") || len(a.patches) != c.patches {
				t.Errorf("%s: %s, %q, %v after %d patches; want %s after %d", c.reason, got, message, err, len(a.patches), c.want, c.patches)
			}
		})
	}
}
