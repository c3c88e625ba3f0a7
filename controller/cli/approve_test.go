package cli

import (
	"os"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
	"github.com/remit-dev/remit/crds"
)

var approvals controlplane.Shared

func TestMain(m *testing.M) { os.Exit(approvals.Run(m)) }

// waitingCluster has one Remediation that waits, with one change that a brake holds, and gives a kubeconfig for a user with the verbs.
func waitingCluster(t *testing.T, name string) (admin client.Client, kubeconfig func(user string, verbs ...string) string) {
	t.Helper()
	plane := approvals.Get(t)
	ctx := t.Context()
	if err := plane.Install(ctx, crds.FS); err != nil {
		t.Fatal(err)
	}
	if err := plane.CreateNamespace(ctx, "remit-system"); err != nil {
		t.Fatal(err)
	}
	if err := plane.Install(ctx, crds.RBAC); err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	connect := func(config *rest.Config, err error) client.Client {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		connected, err := client.New(config, client.Options{Scheme: scheme})
		if err != nil {
			t.Fatal(err)
		}
		return connected
	}
	admin = connect(plane.Config(), nil)
	remit := connect(plane.ServiceAccountConfig(ctx, "remit-system", "remit"))
	hash := strings.Repeat("ab", 32)
	change := v1alpha1.RemediationChange{
		ID: "1", Target: "kubernetes", Operation: "set-label", Object: "namespace shop label remit.dev/owner", Before: "old", After: "new",
		Area: "shop/shop", Role: "accountable", Reason: "it is declared so\x1b[31m",
	}
	second := change
	second.ID, second.Brake, second.Because = "2", "removals", "1 of 3 today"
	made := &v1alpha1.Remediation{
		ObjectMeta: metav1.ObjectMeta{Namespace: "remit-system", Name: name},
		Spec: v1alpha1.RemediationSpec{
			PlanHash: hash, Mode: "Propose", Areas: []string{"shop/shop"}, Total: 2, Changes: []v1alpha1.RemediationChange{change, second}, Summary: "labels",
		},
	}
	if err := remit.Create(ctx, made); err != nil {
		t.Fatal(err)
	}
	waiting := made.DeepCopy()
	waiting.Status.Phase = v1alpha1.RemediationAwaitingApproval
	if err := remit.Status().Patch(ctx, waiting, client.MergeFrom(made)); err != nil {
		t.Fatal(err)
	}
	return admin, func(user string, verbs ...string) string {
		t.Helper()
		role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{GenerateName: "approve-"}, Rules: []rbacv1.PolicyRule{{
			APIGroups: []string{"remit.dev"}, Resources: []string{"remediations"}, Verbs: append([]string{"get", "list", "patch"}, verbs...),
		}}}
		if err := admin.Create(ctx, role); err != nil {
			t.Fatal(err)
		}
		if err := admin.Create(ctx, &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: role.Name}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
			Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: user}},
		}); err != nil {
			t.Fatal(err)
		}
		config, err := plane.UserConfig(user)
		if err != nil {
			t.Fatal(err)
		}
		path := t.TempDir() + "/kubeconfig"
		if err := controlplane.WriteKubeconfig(path, config); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func TestApprove(t *testing.T) {
	admin, kubeconfig := waitingCluster(t, "shop-1")
	alice, bob := kubeconfig("alice", "approve"), kubeconfig("bob")
	run := func(reason string, code int, want []string, arguments ...string) {
		t.Helper()
		got := call(t, "", append([]string{"approve"}, arguments...)...)
		if got.code != code {
			t.Errorf("%s: exit code %d, want %d\n%s%s", reason, got.code, code, got.out, got.err)
		}
		for _, text := range want {
			if !strings.Contains(got.out+got.err, text) {
				t.Errorf("%s: want %q in\n%s%s", reason, text, got.out, got.err)
			}
		}
		if strings.Contains(got.out+got.err, "\x1b") {
			t.Errorf("%s: a control character of the object reaches the terminal", reason)
		}
	}
	object := func() *v1alpha1.Remediation {
		t.Helper()
		var now v1alpha1.Remediation
		if err := admin.Get(t.Context(), types.NamespacedName{Namespace: "remit-system", Name: "shop-1"}, &now); err != nil {
			t.Fatal(err)
		}
		return &now
	}
	run("those that wait are listed", ExitClean, []string{"1 Remediation awaits approval", "remit-system/shop-1", "remit approve shop-1"}, "--kubeconfig", alice)
	run("it is shown first", ExitFindings, []string{"- old", "+ new", "held by removals", "1 of 3 today", "--confirm --hash abababab", "--override --confirm --hash abababab"},
		"shop-1", "-n", "remit-system", "--kubeconfig", alice)
	stranger, err := approvals.Get(t).UserConfig("stranger")
	if err != nil {
		t.Fatal(err)
	}
	strangers := t.TempDir() + "/kubeconfig"
	if err := controlplane.WriteKubeconfig(strangers, stranger); err != nil {
		t.Fatal(err)
	}
	run("who may see one namespace must name it", ExitIncomplete, []string{"all namespaces cannot be listed", "--namespace NAME"}, "--kubeconfig", strangers)
	run("another plan is not approved", ExitIncomplete, []string{"the plan is not 12345678"}, "shop-1", "-n", "remit-system", "--kubeconfig", alice, "--confirm", "--hash", "12345678")
	run("there is none of that name", ExitIncomplete, []string{`no Remediation "shop-2"`}, "shop-2", "-n", "remit-system", "--kubeconfig", alice)
	run("a name must be given", ExitIncomplete, []string{"name the Remediation"}, "--confirm", "--kubeconfig", alice)
	run("no cluster", ExitIncomplete, []string{"cannot be read"}, "--kubeconfig", "/nowhere")
	if object().Spec.Approval != nil {
		t.Fatal("it was approved without --confirm")
	}
	eventually(t, "bob is refused: an admission policy is in force some moments after it was installed", func() string {
		got := call(t, "", "approve", "shop-1", "-n", "remit-system", "--kubeconfig", bob, "--confirm")
		if got.code == ExitIncomplete && strings.Contains(got.err, `verb "approve"`) {
			return ""
		}
		taken := object() // it must be another approval each time: the same one is none that the policy asks about
		without := taken.DeepCopy()
		without.Spec.Approval = nil
		if err := admin.Patch(t.Context(), without, client.MergeFrom(taken)); err != nil {
			t.Fatal(err)
		}
		return got.out + got.err
	})
	run("alice may not override", ExitIncomplete, []string{`verb "override"`}, "shop-1", "-n", "remit-system", "--kubeconfig", alice, "--confirm", "--override")
	run("alice may approve", ExitClean, []string{"approved by alice", "plan abababab"}, "shop-1", "-n", "remit-system", "--kubeconfig", alice, "--confirm")
	if approval := object().Spec.Approval; approval == nil || approval.By != "alice" || approval.PlanHash != object().Spec.PlanHash {
		t.Errorf("the approval is %+v", approval)
	}
	if again := call(t, "", "approve", "shop-1", "-n", "remit-system", "--kubeconfig", alice); again.code != ExitClean || strings.Contains(again.out, "approve it") {
		t.Errorf("it is approved already, and only shown: exit code %d\n%s%s", again.code, again.out, again.err)
	}
	run("nothing waits any more", ExitClean, []string{"No Remediation awaits approval"}, "--kubeconfig", alice)
	carol := kubeconfig("carol", "override")
	run("who may override need not be who approves", ExitClean, []string{"approved by carol"}, "shop-1", "-n", "remit-system", "--kubeconfig", carol, "--confirm", "--override")
	if override := object().Spec.Override; override == nil || override.By != "carol" {
		t.Errorf("the override is %+v", override)
	}
}
