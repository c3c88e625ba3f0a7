# Remit. `make help` lists what there is to do; a machine needs Go, make and git, and a Go module proxy.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
FUZZTIME ?= 10m

# Development tools come from nested modules, so that the product's go.mod has the product's dependencies only. Go
# builds them once and keeps them in its build cache.
CONTROLLER_GEN := $(GO) tool -modfile=tools/go.mod controller-gen
GOLANGCI_LINT  := $(GO) tool -modfile=tools/lint/go.mod golangci-lint

# The control plane that tests run on is built from source, once, into the user's cache. KUBEBUILDER_ASSETS, where it is
# set, is used instead.
CONTROL_PLANE := GO="$(GO)" tools/controlplane/build
CLUSTER       := $(GO) run ./controller/internal/controlplane/cluster

# Remit needs no C: one file without libraries runs in an empty container, and takes less memory.
STATIC := CGO_ENABLED=0

# Nested modules with tests of their own.
NESTED := tools $(patsubst %/go.mod,%,$(wildcard bench/go.mod))

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.PHONY: build
build: ## Build bin/remit
	@$(STATIC) $(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/remit ./controller/cmd/remit

.PHONY: run
run: build ## Build, then show who owns what in the example organisation
	@$(GO) run ./controller/internal/acme/setup
	@bin/remit check --manifests examples/acme/manifests || test $$? -eq 1 # 1: it has findings, as it should

.PHONY: test
test: check-generated build control-plane ## Run the whole suite: tests, vet, generated files, and Remit on its own checkout
	$(GO) vet ./...
	KUBEBUILDER_ASSETS="$$($(CONTROL_PLANE) --where)" $(GO) test -timeout 30m ./...
	$(foreach module,$(NESTED),$(GO) -C $(module) vet ./...; $(GO) -C $(module) test ./...;)
	if test -e .git; then bin/remit check .; fi

.PHONY: race
race: control-plane ## Run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 KUBEBUILDER_ASSETS="$$($(CONTROL_PLANE) --where)" $(GO) test -race -timeout 60m ./...

.PHONY: control-plane
control-plane: ## Build the Kubernetes control plane for tests and trials, once (ten minutes)
	@$(CONTROL_PLANE) >/dev/null

.PHONY: cluster-up
cluster-up: control-plane ## Start a Kubernetes control plane with Remit's kinds to try things out on
	@$(CLUSTER) up

.PHONY: cluster-down
cluster-down: ## End the control plane of cluster-up, and remove what it left
	@$(CLUSTER) down

.PHONY: lint
lint: ## Run golangci-lint; building it takes some minutes the first time
	$(GOLANGCI_LINT) run ./...
	$(foreach module,$(NESTED),(cd $(module) && $(GO) tool -modfile=../tools/lint/go.mod golangci-lint run --config ../.golangci.yml ./...);)

.PHONY: bench
bench: ## Measure Remit beside its peers and print tables
	@missed=0; $(foreach command,$(notdir $(filter-out %/conformance %/suggest,$(wildcard bench/cmd/*))),$(STATIC) $(GO) -C bench run ./cmd/$(command) || missed=1;) exit $$missed

.PHONY: bench-cluster
bench-cluster: build control-plane ## Measure remit controller on a real API server with 1,000 and 10,000 Areas (about ten minutes)
	@$(GO) build -o bin/clusterbench ./controller/internal/clusterbench
	@KUBEBUILDER_ASSETS="$$($(CONTROL_PLANE) --where)" bin/clusterbench

.PHONY: study-suggest
study-suggest: ## Study suggested owners on git checkouts: REPOS="path1 path2" (STUDY="-tune" for the training grid)
	@$(GO) -C bench run ./cmd/suggest $(STUDY) $(abspath $(REPOS))

.PHONY: generate
generate: ## Write what is generated: deep copies, CRDs, schemas and pages
	$(CONTROLLER_GEN) object paths=./controller/api/...
	$(CONTROLLER_GEN) crd paths=./controller/api/... output:crd:dir=crds
	$(GO) generate ./...

.PHONY: check-generated
check-generated: ## Say which generated files are out of date
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; mkdir "$$folder/crds" "$$folder/api"; \
	$(CONTROLLER_GEN) crd paths=./controller/api/... output:crd:dir="$$folder/crds"; \
	$(CONTROLLER_GEN) object paths=./controller/api/... output:object:dir="$$folder/api"; \
	diff -ru --exclude=crds.go --exclude=rbac --exclude=admission crds "$$folder/crds" && \
	diff -u controller/api/v1alpha1/zz_generated.deepcopy.go "$$folder/api/zz_generated.deepcopy.go" && \
	$(GO) test ./controller/internal/documents ./controller/internal/permissions -run UpToDate >/dev/null || \
	{ echo 'generated files are out of date: run `make generate`' >&2; exit 1; }

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (default 10m)
	@grep -rEoH --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' controller | while IFS=: read -r file target; do \
		echo "== $$(dirname "$$file") $${target#func }"; \
		$(GO) test "./$$(dirname "$$file")" -run '^$$' -fuzz "^$${target#func }$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x; \
	done

.PHONY: clean
clean: ## Remove what was built and what the example made
	@if test -e .remit/cluster; then $(CLUSTER) down; fi
	rm -rf bin .remit examples/acme/.work examples/acme/.remit
