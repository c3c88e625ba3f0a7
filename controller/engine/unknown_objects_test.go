package engine

import (
	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
)

type sourceManifest = manifest.Object[v1alpha1.OwnershipSource]

// richObjects are the manifests of a richWorld, by kind and name; policies come with the tests.
var richObjects = map[string]string{
	"Area/platform": "  description: all that the others need\n  tier: low\n  mode: Enforce\n  roles: [{role: accountable, holders: [\"team:acme/all\"]}, {role: consulted, holders: [\"user:bob\"]}]\n",
	"Area/shop": `  tier: critical
  parent: platform
  scope: {repositories: [{name: acme/shop}]}
  roles:
    - {role: accountable, holders: ["team:acme/web"]}
    - {role: approver, holders: ["team:acme/web", "user:ann"]}
    - {role: deputy, holders: ["team:acme/web"]}
`,
	"Area/cart": `  tier: critical
  parent: shop
  scope: {repositories: [{name: acme/shop, paths: [cart]}]}
  roles:
    - {role: accountable, holders: ["user:ann", "team:acme/web"]}
    - {role: approver, holders: ["user:ann", "team:acme/readers"]}
    - {role: deputy, holders: ["user:cem-gh"]}
`,
	"Area/checkout": `  tier: critical
  parent: shop
  scope: {repositories: [{name: acme/shop, paths: [checkout, docs]}]}
  roles: [{role: approver, holders: ["team:acme/pay", "user:dee"]}]
`,
	"Area/ops": `  parent: platform
  mode: Enforce
  scope: {repositories: [{name: acme/shop, paths: [ops, old]}]}
  roles:
    - {role: accountable, holders: ["user:ann", "team:acme/all"]}
    - {role: approver, holders: ["team:acme/ops", "team:acme/gone"]}
`,
	"Area/tools": `  tier: low
  mode: Enforce
  scope: {repositories: [{name: acme/tools}]}
  roles: [{role: approver, holders: ["user:bob", "user:finn"]}, {role: responsible, holders: ["team:acme/infra"]}]
`,
	"Area/lib":   "  parent: tools\n  tier: critical\n  scope: {repositories: [{name: acme/tools, paths: [lib, sub]}]}\n  roles: [{role: approver, holders: [\"user:eve\"]}]\n",
	"Area/pay":   "  tier: low\n  scope: {entities: [\"component:pay\"]}\n",
	"Area/extra": "  tier: low\n  scope: {entities: [\"component:extra\"]}\n  roles: [{role: accountable, holders: [\"team:acme/ops\"]}]\n",
	"Area/help": `  tier: low
  mode: Enforce
  scope: {repositories: [{name: acme/shop, paths: [help, hidden, un]}]}
  roles:
    - {role: accountable, holders: ["schedule:pd/P1"]}
    - {role: approver, holders: ["team:partner/help", "user:gus"]}
    - {role: oncall, holders: ["schedule:pd/P1"]}
`,
	"Area/alone": "  tier: low\n  mode: Enforce\n  scope: {repositories: [{name: acme/shop, paths: [solo]}]}\n  roles: [{role: accountable, holders: [\"team:acme/solo\"]}]\n",
	"Area/many":  "  tier: low\n  roles: [{role: accountable, holders: [\"user:bob\", \"user:finn\"]}]\n",
	"Area/twins": "  tier: low\n  roles: [{role: accountable, holders: [\"user:ann\", \"user:ann-gh\"]}, {role: deputy, holders: [\"user:ann@acme.example\"]}]\n",
	"Area/gone":  "  tier: low\n  scope: {repositories: [{name: acme/gone}]}\n",
	"Area/told":  "  tier: low\n",
	"RoleAssignment/acting": `  area: checkout
  role: accountable
  holders: ["user:eve"]
  validFrom: "2026-10-01T00:00:00Z"
`,
	"RoleAssignment/lib":     "  area: lib\n  role: approver\n  holders: [\"user:finn\"]\n  add: true\n",
	"RoleAssignment/told":    "  area: told\n  role: accountable\n  holders: [\"team:acme/web\"]\n",
	"RoleAssignment/over":    "  area: shop\n  role: deputy\n  holders: [\"user:bob\"]\n  validUntil: \"2026-10-01T00:00:00Z\"\n",
	"OwnershipSource/people": "  people: {path: people.yaml}\n", "OwnershipSource/partners": "  people: {path: partners.yaml}\n",
	"OwnershipSource/checkouts": "  mode: Enforce\n  git: {path: checkouts, organization: acme, discover: true}\n",
	"OwnershipSource/mirror":    "  mode: Enforce\n  git: {path: mirror, organization: acme}\n",
	"OwnershipSource/catalog":   "  catalog: {path: checkouts, organization: acme}\n",
	"RoleConfiguration/default": `  roles:
    - {name: approver, exclusive: true, observableIn: [git, catalog]}
    - {name: accountable, requiredTiers: [critical, low], observableIn: [catalog, kubernetes]}
    - {name: responsible, observableIn: [people], requiredTiers: []}
    - {name: deputy, requiredTiers: [critical]}
    - {name: mentor}
  placeholders: ["team:*/unknown", "user:ghost"]
`,
}
