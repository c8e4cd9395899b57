# Everything a developer does. Each target is a script under build/ or testbed/, which can be called by itself as well.
# On a bare Debian machine, as root, the scripts install what is missing; see build/env.

.DEFAULT_GOAL := help
.PHONY: help test test-abuse test-machine demo demo-down demo-machine dist guest image image-reproducible keys bench lint mutation fuzz testbed-root clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## Check and test everything, hosts included (needs root)
	@build/test

test-abuse: ## Try what hostile tenants may try, and show what came of it (needs root)
	@build/test-abuse

test-machine: ## Run the scenarios that need virtual machines for longer (needs root)
	@build/test-machine

demo: ## Boot a host with two tenants from Git repositories (needs root)
	@testbed/demo

demo-down: ## Take the demo away without a trace
	@testbed/demo down

demo-machine: ## Boot the immutable host with two tenants, emulated (needs root)
	@testbed/demo-machine

dist: ## Build dist/: the .deb, the system extension, checksums, bill of materials
	@build/dist

guest: ## Build the image for virtual machines (needs root; cached)
	@build/with guest/build

keys: ## Make development keys for the image, outside the tree
	@image/keys

image: ## Build the image of the immutable host (needs root; cached)
	@image/build

image-reproducible: ## Build that image once more and compare it (needs root)
	@image/reproducible

bench: ## Measure against the peers and write docs/benchmarks.md (needs root)
	@bench/run

lint: ## Check the format of Java and all scripts
	@build/lint

mutation: ## Run the mutation tests of the core packages
	@build/mutation

fuzz: ## Look for input that breaks a reader, a minute for each
	@build/fuzz

testbed-root: ## Build the root that test hosts boot from (needs root; cached)
	@build/with testbed/root

clean: ## Remove what was built in the tree; caches outside it stay
	@rm -rf target hypervisor/target testbed/target dist
