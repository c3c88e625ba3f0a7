package record

import (
	"regexp"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

func labelling(c *codec, l *ownership.Labelling) {
	text(c, plain, &l.Role)
	texts(c, plain, &l.Keys)
	text(c, plain, &l.TeamOrganization)
	list(c, &l.Names, func(c *codec, n *ownership.OwnerName) {
		text(c, ownerValue, &n.Name)
		text(c, holder, &n.Holder)
	})
	text(c, plain, &l.WriteLabel)
}

func namespace(c *codec, n *ownership.Namespace) {
	text(c, plain, &n.Name)
	labels(c, &n.Labels)
	list(c, &n.Owners, namedOwner)
	list(c, &n.Workloads, func(c *codec, w *ownership.Workload) {
		text(c, plain, &w.Kind)
		text(c, plain, &w.Name)
		labels(c, &w.Labels)
		list(c, &w.Owners, namedOwner)
		provenance(c, &w.Provenance)
	})
	provenance(c, &n.Provenance)
}

func namedOwner(c *codec, o *ownership.NamedOwner) {
	text(c, plain, &o.Key)
	c.flag(&o.Annotation)
	text(c, ownerValue, &o.Value)
	text(c, holder, &o.Holder)
	text(c, prose, &o.Unknown)
}

var labelText = regexp.MustCompile(`^[A-Za-z0-9_./:-]+$`)

// ownerValue keeps the form of what names an owner: a team stays, a person becomes another, and free text goes.
func (d *redactor) ownerValue(text string) string {
	handle, isHandle := strings.CutPrefix(text, "@")
	switch {
	case isHandle && strings.Contains(handle, "/"):
		return d.plain(text)
	case isHandle:
		return "@" + d.person(handle)
	case strings.Contains(text, "@") && !strings.ContainsAny(text, " :/"):
		return d.address(text)
	case labelText.MatchString(text) || strings.HasPrefix(text, "user:"):
		return d.holder(text)
	}
	return d.prose(text)
}
