package report

import (
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// policyErrors shows the policies that could not be judged, since nothing was
// checked by them.
func (t *table) policyErrors() {
	var failed []ownership.PolicyStatus
	for _, policy := range t.result.Policies {
		if policy.Error != "" || policy.Failed > 0 {
			failed = append(failed, policy)
		}
	}
	if len(failed) == 0 {
		return
	}
	t.section("POLICIES THAT FAILED", red, "what they would have found is undetermined")
	shown := failed[:t.bound(len(failed), maxProblems)]
	for _, policy := range shown {
		t.wrapped([]span{{"  " + Clean(policy.Name) + "  ", bold}}, span{Clean(policyError(t.result, policy)), plain})
	}
	t.more("  ", len(failed)-len(shown))
}

// sources shows what was read, and what could not be.
func (t *table) sources() {
	list := t.result.Sources
	if len(list) == 0 {
		return
	}
	t.section("SOURCES", bold, "")
	nameWidth := widest(list, t.width/3, func(s ownership.SourceStatus) string { return Clean(s.Name) })
	kindWidth := widest(list, 16, func(s ownership.SourceStatus) string { return Clean(string(s.Kind)) })
	for _, source := range list {
		lead := []span{{"  " + pad(Clean(source.Name), nameWidth) + "  ", plain}, {pad(Clean(string(source.Kind)), kindWidth) + "  ", dim}}
		read := sourceRead(source)
		if source.Unknown == "" {
			t.wrapped(lead, span{read, plain})
			continue
		}
		if read != "nothing read" {
			t.wrapped(lead, span{read, plain})
			lead = []span{{strings.Repeat(" ", nameWidth+kindWidth+6), plain}}
		}
		t.wrapped(append(lead, span{"unknown: ", cyan}), span{Clean(source.Unknown), plain})
	}
}

func sourceRead(source ownership.SourceStatus) string {
	var parts []string
	for _, part := range []struct {
		n         int
		one, many string
	}{
		{source.Repositories, "repository", "repositories"},
		{source.People, "person", "people"},
		{source.Teams, "team", "teams"},
		{source.Namespaces, "namespace", "namespaces"},
	} {
		if part.n > 0 {
			parts = append(parts, count(part.n, part.one, part.many))
		}
	}
	if len(parts) == 0 {
		return "nothing read"
	}
	return strings.Join(parts, ", ")
}

// next shows what to do next.
func (t *table) next() {
	if len(t.options.Next) == 0 {
		return
	}
	t.section("NEXT", bold, "")
	for _, step := range t.options.Next {
		t.wrapped([]span{{"  → ", cyan}}, span{Clean(step), plain})
	}
}
