// Package crds embeds the custom resource definitions of Remit's kinds, as
// `make generate` writes them from controller/api. They are what a cluster
// installs, and what package manifest checks files with.
package crds

import "embed"

// FS holds one file for each kind, "remit.dev_areas.yaml" and so on, and the admission policies in admission/.
//
//go:embed *.yaml admission/*.yaml
var FS embed.FS

// RBAC holds the account that the controller runs as in the namespace remit-system, which must exist, with what it may do:
// `make generate` writes it from controller/operator.
//
//go:embed rbac/*.yaml
var RBAC embed.FS
