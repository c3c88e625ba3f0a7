package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// idle finds what stands in the manifests of policies and does nothing, which is a slip more often than
// not:
//
//	an exemption that has expired
//	an exemption for a subject that does not exist
//	a policy that matches no area
//
// All are warnings. What cannot be told, because sources could not be read, is not said.
func idle(manifests *manifest.Set, s *snapshot.Snapshot) []ownership.Problem {
	var found []ownership.Problem
	for _, object := range manifests.Policies {
		if object.Value.Spec.Suspend {
			continue
		}
		for i, exemption := range object.Value.Spec.Exemptions {
			field := fmt.Sprintf("spec.exemptions[%d]", i)
			switch {
			case !s.Now.Before(exemption.Expires.Time):
				found = append(found, warning(object.FieldLocation(field+".expires"), field,
					fmt.Sprintf("the exemption of %s expired on %s", exemption.Subject, exemption.Expires.UTC().Format(time.DateOnly)),
					"remove it, or agree on a later date"))
			case !exists(exemption.Subject, s):
				found = append(found, warning(object.FieldLocation(field+".subject"), field+".subject",
					fmt.Sprintf("there is no subject %s, so it exempts nothing", exemption.Subject),
					`write an area as "namespace/name", a person as "user:id"`))
			}
		}
		if match := object.Value.Spec.Match; match != nil && !matchesAny(match, object.Value.Name, s) {
			found = append(found, warning(object.FieldLocation("spec.match"), "spec.match",
				"it matches no area, so the policy judges none", "correct the namespaces, tiers or labels"))
		}
	}
	return found
}

func warning(at ownership.Location, field, message, remedy string) ownership.Problem {
	return ownership.Problem{Location: at, Field: field, Message: message, Remedy: remedy, Warning: true}
}

// exists says whether a subject is one that policies may be about, or may be one that could not be read.
func exists(subject string, s *snapshot.Snapshot) bool {
	if subject == organisation || s.UnlistedAreas() != "" || s.Area(ownership.AreaID(subject)) != nil {
		return true
	}
	holder, err := ownership.ParseHolder(subject)
	return err == nil && (s.People.Persons[holder] != nil || s.People.Unknown != "" || !s.People.Observed)
}

func matchesAny(match *v1alpha1.PolicyMatch, name string, s *snapshot.Snapshot) bool {
	set, err := selecting(match)
	if err != nil {
		return true // said elsewhere
	}
	policies := &Policies{settings: map[string]settings{name: set}}
	if s.UnlistedAreas() != "" || slices.ContainsFunc(s.Areas, func(area *snapshot.Area) bool { return area.Unread != "" }) {
		return true // an area that cannot be read may be one
	}
	return len(s.Areas) == 0 || slices.ContainsFunc(s.Areas, func(area *snapshot.Area) bool { return policies.applies(name, area) })
}
