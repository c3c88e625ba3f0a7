package operator

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// asked is what all controllers of this package's tests asked of the API server.
var asked controlplane.Requests

// seldom are permissions that tests need not use, with the reason.
var seldom = map[string]string{
	"patch events.events.k8s.io": "an event that is told again within minutes is counted up",
	"patch events":               "likewise",
}

// A cache begins with a watch that sends all objects first; an API server that cannot do that is asked for a list.
const listFirst = "list "

// runAll runs the tests, and then says which permissions none of them used, if all of them ran: nothing is to be allowed that the
// controller does not do. What it does and is not allowed to do fails the test that does it.
func runAll(m *testing.M) int {
	code := shared.Run(m)
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return code
		}
	}
	if code != 0 || testing.Short() || len(asked.All()) == 0 {
		return code
	}
	for _, permission := range unused(asked.All()) {
		_, _ = fmt.Fprintf(os.Stderr, "no test needs the permission to %s: take it out of Needs, or test what needs it\n", permission)
		code = 1
	}
	return code
}

// unused are the permissions, "verb resource.group", that none of the requests needed.
func unused(requests []controlplane.Request) []string {
	used := map[string]bool{}
	for _, request := range requests {
		used[request.Verb+" "+request.Resource] = true
	}
	var all []string
	needs := Needs()
	for _, rule := range slices.Concat(needs.Cluster, needs.Own) {
		for _, permission := range permissions(rule) {
			if watched, lists := strings.CutPrefix(permission, listFirst); lists && used["watch "+watched] {
				continue
			}
			if !used[permission] && seldom[permission] == "" {
				all = append(all, permission)
			}
		}
	}
	return all
}

// permissions are those of a rule, written as requests are: areas/status of remit.dev is areas.remit.dev/status.
func permissions(rule rbacv1.PolicyRule) []string {
	var all []string
	for _, group := range rule.APIGroups {
		for _, resource := range rule.Resources {
			if group != "" {
				name, sub, has := strings.Cut(resource, "/")
				resource = name + "." + group
				if has {
					resource += "/" + sub
				}
			}
			for _, verb := range rule.Verbs {
				all = append(all, verb+" "+resource)
			}
		}
	}
	return all
}
