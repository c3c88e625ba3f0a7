package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// What the modes come to, by kind of target. A plan says how far a change may go; the target does the rest:
//
//	mode     CODEOWNERS                                  teams, permissions, labels         nothing can fix it
//	Observe  shown                                       shown                              shown
//	Propose  one open pull request for each repository,  a Remediation awaiting approval    an issue, where switched on
//	         or an edit of a checkout
//	Enforce  the same, auto-merge asked for if allowed   applied within the brakes          the same
//
// A change has the least mode of all that it rests on: the areas, the declarations (a RoleAssignment's or a policy's
// own mode), the source's write permission, and --max-mode. Observe holds it (BrakeMode); so does a word that is no mode.

// capMode lowers a mode to --max-mode.
func capMode(mode, most ownership.Mode) ownership.Mode {
	if most == "" {
		most = ownership.Enforce
	}
	return ownership.LeastMode(mode, most)
}

// becauseObserve says which settings keep a change in Observe, each of which has to be changed for it to be made.
func (d *decision) becauseObserve(c *candidate) string {
	var settings []string
	for _, id := range c.Areas {
		settings = append(settings, d.observingArea(id, c)...)
	}
	if repository := d.in.Snapshot.Repository(c.Repository); repository != nil && observes(repository.Source.Mode) {
		settings = append(settings, "the OwnershipSource "+repository.Source.Name)
	}
	if source, _ := labelSource(d.in.Snapshot, c.Namespace, c.Key); c.Namespace != "" && source != nil && observes(source.Mode) {
		settings = append(settings, "the OwnershipSource "+source.Name)
	}
	because := "its mode is Observe, so it is only shown"
	if len(settings) > 0 {
		because += fmt.Sprintf("; to have it made, set spec.mode to Propose or Enforce on %s", join(settings))
	}
	switch {
	case d.in.MaxMode == "" || !observes(d.in.MaxMode):
		return because
	case len(settings) > 0:
		return because + ", and raise --max-mode"
	}
	return because + "; to have it made, raise --max-mode"
}

// observingArea are the manifests of an area that say Observe: its own, and those that declare the change's holders.
func (d *decision) observingArea(id ownership.AreaID, c *candidate) []string {
	area := d.areas[id]
	if area == nil {
		return nil
	}
	var settings []string
	switch {
	case !observes(area.Mode):
	case area.Virtual:
		settings = append(settings, "an Area that you declare for "+virtual(id))
	default:
		settings = append(settings, fmt.Sprintf("the Area %s or one above it", id))
	}
	for _, declared := range area.Declared.Of(c.Role) {
		if declared.Mode != "" && observes(declared.Mode) && c.about(declared.Holder) {
			settings = append(settings, "the "+declared.By)
		}
	}
	return settings
}

// virtual is what a virtual area stands for.
func virtual(id ownership.AreaID) string {
	if name, is := id.ClusterNamespace(); is {
		return ownership.NamespaceObject(name)
	}
	repository, _ := id.Repository()
	return repository
}

func observes(mode ownership.Mode) bool { return mode.Rank() == ownership.Observe.Rank() }

// join lists things in a sentence: "a", "a and b", "a, b and c"; each once.
func join(things []string) string {
	var unique []string
	seen := map[string]bool{}
	for _, thing := range things {
		if !seen[thing] {
			seen[thing] = true
			unique = append(unique, thing)
		}
	}
	last := len(unique) - 1
	if last <= 0 {
		return strings.Join(unique, "")
	}
	return strings.Join(unique[:last], ", ") + " and " + unique[last]
}

// about says whether the change gives to, or takes from, the holder.
func (c *candidate) about(holder ownership.Holder) bool { return slices.Contains(c.Holders, holder) }
