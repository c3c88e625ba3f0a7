package record

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
)

func manifests(c *codec, s *manifest.Set) {
	list(c, &s.Areas, object(area))
	list(c, &s.RoleAssignments, object(roleAssignment))
	list(c, &s.Teams, object(declaredTeam))
	list(c, &s.Policies, object(responsibilityPolicy))
	list(c, &s.Sources, object(ownershipSource))
	optional(c, &s.Roles, object(roleConfiguration))
	table(c, plain, &s.Broken, func(c *codec, broken *manifest.Broken) {
		text(c, word, &broken.Reason)
		problem(c, &broken.Problem)
		c.flag(&broken.Nobody)
	})
	table(c, word, &s.Invalid, func(c *codec, n *int) { number(c, n) })
	list(c, &s.Lost, lost)
	optional(c, &s.Granted, granted)
	texts(c, file, &s.Files)
	texts(c, file, &s.Folders)
}

func lost(c *codec, l *manifest.Lost) {
	text(c, word, &l.Kind)
	text(c, plain, &l.Namespace)
	text(c, plain, &l.Name)
	location(c, &l.Location)
	text(c, plain, &l.Area)
	text(c, plain, &l.Role)
	texts(c, word, &l.Sources)
	texts(c, plain, &l.Names)
	texts(c, plain, &l.Repositories)
	c.flag(&l.Claims)
	c.flag(&l.Entities)
	c.flag(&l.Namespaces)
	c.flag(&l.Suspends)
	text(c, plain, &l.Library)
	c.flag(&l.Declares)
	optional(c, &l.Match, policyMatch)
	c.flag(&l.Grants)
	text(c, prose, &l.Because)
}

func granted(c *codec, g *manifest.Granted) {
	text(c, plain, &g.OwnNamespace)
	table(c, plain, &g.Namespaces, func(c *codec, n *manifest.GrantedNamespaces) {
		texts(c, plain, &n.Patterns)
		texts(c, plain, &n.Possible)
		text(c, prose, &n.Unknown)
	})
	table(c, plain, &g.Uninherited, func(c *codec, holders *[]manifest.RoleHolder) {
		list(c, holders, func(c *codec, h *manifest.RoleHolder) {
			text(c, plain, &h.Role)
			text(c, holder, &h.Holder)
		})
	})
}

// object is one object of a kind, with where it and its fields stand.
func object[T any](value func(c *codec, value *T)) func(c *codec, o *manifest.Object[T]) {
	return func(c *codec, o *manifest.Object[T]) {
		value(c, &o.Value)
		location(c, &o.Location)
		text(c, file, &o.Dir)
		places := o.Places()
		list(c, &places, place)
		if c.mode == reading {
			*o = manifest.Restore(o.Value, o.Location, o.Dir, places)
		}
	}
}

func place(c *codec, p *manifest.Place) {
	c.unsigned(&p.Hash)
	number(c, &p.Line)
	number(c, &p.Column)
}

// metadata is what Remit reads of an object's metadata. Annotations are free text.
func metadata(c *codec, m *metav1.ObjectMeta) {
	text(c, plain, &m.Name)
	text(c, plain, &m.Namespace)
	labels(c, &m.Labels)
	table(c, prose, &m.Annotations, func(c *codec, value *string) { text(c, prose, value) })
}

func area(c *codec, a *v1alpha1.Area) {
	metadata(c, &a.ObjectMeta)
	text(c, prose, &a.Spec.Description)
	text(c, plain, &a.Spec.Tier)
	text(c, plain, &a.Spec.Parent)
	list(c, &a.Spec.Scope.Repositories, func(c *codec, r *v1alpha1.RepositoryScope) {
		text(c, plain, &r.Name)
		texts(c, treePath, &r.Paths)
	})
	texts(c, entity, &a.Spec.Scope.Entities)
	list(c, &a.Spec.Scope.Namespaces, func(c *codec, n *v1alpha1.NamespaceScope) {
		text(c, plain, &n.Name)
		optional(c, &n.Selector, selector)
		optional(c, &n.Workloads, selector)
	})
	list(c, &a.Spec.Roles, roleHolders)
	text(c, word, &a.Spec.Mode)
	c.flag(&a.Spec.Suspend)
}

func roleHolders(c *codec, r *v1alpha1.RoleHolders) {
	text(c, plain, &r.Role)
	texts(c, holder, &r.Holders)
	c.flag(&r.Add)
}

func roleAssignment(c *codec, r *v1alpha1.RoleAssignment) {
	metadata(c, &r.ObjectMeta)
	text(c, plain, &r.Spec.Area)
	roleHolders(c, &r.Spec.RoleHolders)
	optional(c, &r.Spec.ValidFrom, moment)
	optional(c, &r.Spec.ValidUntil, moment)
	text(c, prose, &r.Spec.Reason)
	text(c, holder, &r.Spec.DelegatedBy)
	text(c, holder, &r.Spec.AcknowledgedBy)
	optional(c, &r.Spec.AcknowledgedAt, moment)
	optional(c, &r.Spec.ReviewEvery, duration)
	text(c, word, &r.Spec.Mode)
	c.flag(&r.Spec.Suspend)
}

func moment(c *codec, t *metav1.Time) { c.moment(&t.Time) }

func duration(c *codec, d *metav1.Duration) { number(c, &d.Duration) }

func declaredTeam(c *codec, t *v1alpha1.Team) {
	metadata(c, &t.ObjectMeta)
	text(c, plain, &t.Spec.ID)
	text(c, prose, &t.Spec.Description)
	text(c, plain, &t.Spec.Parent)
	texts(c, holder, &t.Spec.Members)
	texts(c, holder, &t.Spec.Maintainers)
	list(c, &t.Spec.Repositories, func(c *codec, r *v1alpha1.RepositoryPermission) {
		text(c, plain, &r.Name)
		text(c, word, &r.Permission)
	})
	c.flag(&t.Spec.Suspend)
}

func policyMatch(c *codec, m *v1alpha1.PolicyMatch) {
	texts(c, plain, &m.Namespaces)
	texts(c, plain, &m.Tiers)
	optional(c, &m.Areas, selector)
}

func responsibilityPolicy(c *codec, p *v1alpha1.ResponsibilityPolicy) {
	metadata(c, &p.ObjectMeta)
	text(c, plain, &p.Spec.Library)
	text(c, rego, &p.Spec.Rego)
	text(c, file, &p.Spec.RegoFile)
	optional(c, &p.Spec.RegoConfigMap, configMapKey)
	table(c, plain, &p.Spec.Parameters, func(c *codec, value *apiextensionsv1.JSON) { bytes(c, parameter, &value.Raw) })
	optional(c, &p.Spec.Match, policyMatch)
	text(c, word, &p.Spec.Severity)
	list(c, &p.Spec.Exemptions, func(c *codec, e *v1alpha1.Exemption) {
		text(c, subject, &e.Subject)
		text(c, subject, &e.Key)
		text(c, holder, &e.Owner)
		text(c, prose, &e.Reason)
		moment(c, &e.Expires)
	})
	text(c, word, &p.Spec.Mode)
	c.flag(&p.Spec.Suspend)
}

func selector(c *codec, s *v1alpha1.LabelSelector) {
	labels(c, &s.MatchLabels)
	list(c, &s.MatchExpressions, func(c *codec, e *v1alpha1.LabelExpression) {
		text(c, plain, &e.Key)
		text(c, word, &e.Operator)
		texts(c, plain, &e.Values)
	})
}

func roleConfiguration(c *codec, r *v1alpha1.RoleConfiguration) {
	metadata(c, &r.ObjectMeta)
	list(c, &r.Spec.Roles, func(c *codec, d *v1alpha1.RoleDefinition) {
		text(c, plain, &d.Name)
		optional(c, &d.MaxHolders, func(c *codec, n *int32) { number(c, n) })
		optional(c, &d.Exclusive, func(c *codec, b *bool) { c.flag(b) })
		optional(c, &d.RequiredTiers, func(c *codec, tiers *[]v1alpha1.TierOrAny) { texts(c, plain, tiers) })
		optional(c, &d.ObservableIn, func(c *codec, kinds *[]v1alpha1.SourceKindName) { texts(c, word, kinds) })
	})
	texts(c, placeholder, &r.Spec.Placeholders)
}
