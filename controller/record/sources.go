package record

import (
	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

func ownershipSource(c *codec, s *v1alpha1.OwnershipSource) {
	metadata(c, &s.ObjectMeta)
	optional(c, &s.Spec.Git, func(c *codec, g *v1alpha1.GitSource) {
		text(c, file, &g.Path)
		text(c, plain, &g.URL)
		text(c, plain, &g.Organization)
		text(c, plain, &g.Repository)
		text(c, word, &g.Tree)
		optional(c, &g.HistoryDays, func(c *codec, n *int32) { number(c, n) })
		c.flag(&g.Discover)
	})
	optional(c, &s.Spec.People, func(c *codec, p *v1alpha1.PeopleSource) {
		text(c, file, &p.Path)
		optional(c, &p.ConfigMap, configMapKey)
		text(c, word, &p.Format)
	})
	optional(c, &s.Spec.Catalog, catalogSource)
	optional(c, &s.Spec.Kubernetes, kubernetesSource)
	optional(c, &s.Spec.Credentials, func(c *codec, k *v1alpha1.SourceCredentials) {
		text(c, plain, &k.Read.Name)
		text(c, plain, &k.Read.Key)
	})
	list(c, &s.Spec.Grants, grant)
	optional(c, &s.Spec.Materialize, func(c *codec, m *v1alpha1.Materialize) { text(c, plain, &m.Namespace) })
	optional(c, &s.Spec.Interval, duration)
	optional(c, &s.Spec.MaxStaleness, duration)
	optional(c, &s.Spec.Authoritative, func(c *codec, a *v1alpha1.Authority) {
		texts(c, plain, &a.Roles)
		texts(c, plain, &a.Repositories)
	})
	text(c, word, &s.Spec.Mode)
	c.flag(&s.Spec.Suspend)
}

func catalogSource(c *codec, s *v1alpha1.CatalogSource) {
	text(c, file, &s.Path)
	text(c, plain, &s.URL)
	text(c, plain, &s.Organization)
	text(c, plain, &s.Repository)
	text(c, word, &s.Tree)
	texts(c, word, &s.Formats)
	texts(c, treePath, &s.Files)
	texts(c, treePath, &s.Ignore)
	text(c, plain, &s.TeamOrganization)
	list(c, &s.Owners, func(c *codec, o *v1alpha1.EntityHolder) {
		text(c, entity, &o.Entity)
		text(c, holder, &o.Holder)
	})
}

func kubernetesSource(c *codec, s *v1alpha1.KubernetesSource) {
	texts(c, plain, &s.Keys)
	text(c, plain, &s.Role)
	text(c, plain, &s.TeamOrganization)
	list(c, &s.Owners, func(c *codec, o *v1alpha1.OwnerName) {
		text(c, subject, &o.Name)
		text(c, holder, &o.Holder)
	})
	optional(c, &s.Namespaces, selector)
	texts(c, word, &s.Workloads)
	c.flag(&s.Discover)
	text(c, plain, &s.WriteLabel)
}

func grant(c *codec, g *v1alpha1.Grant) {
	texts(c, plain, &g.To.Namespaces)
	optional(c, &g.To.Selector, selector)
	list(c, &g.Repositories, func(c *codec, r *v1alpha1.RepositoryGrant) {
		text(c, plain, &r.Name)
		texts(c, treePath, &r.Paths)
	})
	texts(c, plain, &g.Namespaces)
	texts(c, entity, &g.Entities)
	texts(c, holderPattern, &g.Holders)
	texts(c, plain, &g.Roles)
	text(c, word, &g.MaxMode)
}

// configMapKey names what stands in a cluster.
func configMapKey(c *codec, k *v1alpha1.ConfigMapKey) {
	text(c, plain, &k.Name)
	text(c, plain, &k.Key)
}
