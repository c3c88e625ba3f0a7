package grant_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The example of docs/grants.md loads, and all that it claims is granted; the messages there are those that are given.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/grants.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(string(page))[1]
	example = strings.ReplaceAll(example, "apiVersion: remit.dev/v1alpha1\n", "")
	if granted := apply(mustLoad(t, example)); len(granted.Problems) > 0 {
		t.Errorf("the example is denied: %v", granted.Problems)
	}
	source, _, _ := strings.Cut(example, "---\n")
	checkout := func(spec string) string {
		return source + "---\nkind: Area\nmetadata: {name: checkout, namespace: payments}\nspec: " + spec
	}
	for _, text := range []string{
		checkout(`{scope: {repositories: [{name: acme/shop, paths: [/billing/]}]}}`),
		checkout(`{scope: {repositories: [{name: acme/shop, paths: [/internal//x]}]}}`),
		checkout(`{scope: {repositories: [{name: acme/shop, paths: [/internal/payments/]}]}, roles: [{role: consulted, holders: ["user:eve"]}]}`),
		checkout(`{mode: Enforce, scope: {repositories: [{name: acme/payments-api}]}}`),
		source + "---\n" + area("evil", "{scope: {repositories: [{name: acme/shop}]}}"),
		"kind: OwnershipSource\nmetadata: {name: s}\nspec: {git: {path: .}, grants: [{to: {namespaces: [a]}, repositories: [{name: acme/a, paths: [/a/, \"/a b/\"]}]}]}",
	} {
		problems := apply(mustLoad(t, text)).Problems
		if len(problems) != 1 {
			t.Fatalf("want one problem: %v", problems)
		}
		message := problems[0].Message + "; " + problems[0].Remedy
		if !strings.Contains(string(page), message+"\n") {
			t.Errorf("the page does not have the message\n%s", message)
		}
	}
}
