# Everything that people and CI do here. `make help` lists it.

PYTHON  ?= python3
CARGO   ?= cargo
FLEET   ?= examples/consortium
OUT     ?= build/consortium

VENV    := .venv
BIN     := $(VENV)/bin
CRATES  := -p csoc-core -p csoc-operate -p csoc-cli
TARGETS := --lib --bins --tests --examples

export PYTHONDONTWRITEBYTECODE := 1
# A command in a virtual environment of someone else's would install there.
unexport CONDA_PREFIX
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: demo
demo: $(BIN)/maturin ## Build, install into .venv, render examples/consortium into build/consortium
	$(BIN)/maturin develop --profile demo --locked --no-default-features
	@mkdir -p $(dir $(OUT))
	$(BIN)/csoc render $(FLEET) --out $(OUT)
	@echo
	@echo 'Rendered $(FLEET) into $(OUT):'
	@echo '  $(OUT)/terraform   one root a stack, stacks.json says in which order'
	@echo '  $(OUT)/gitops      what Argo CD reads: a directory a cluster, in it one an environment'
	@echo 'Try next: $(BIN)/csoc check $(FLEET)   $(BIN)/csoc --help'

.PHONY: test
test: lint test-rust trials test-python test-real iam checkov plans fuzz ## Everything CI runs

.PHONY: lint
lint: lint-rust lint-python ## Formatting, lints and types, Rust and Python

.PHONY: lint-rust
lint-rust: $(BIN)/python
	$(CARGO) fmt --all --check
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) clippy $(CRATES) --no-default-features --locked -- -D warnings

.PHONY: lint-python
lint-python: native
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/python -m mypy
	$(BIN)/python -m mypy.stubtest gen3_csoc

.PHONY: test-rust
test-rust: $(BIN)/python ## Rust tests with all features, documentation examples, example programs
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  $(CARGO) nextest run $(CRATES) $(TARGETS) --locked; \
	else \
	  $(CARGO) test $(CRATES) $(TARGETS) --locked; \
	fi
	$(CARGO) test $(CRATES) --doc --locked

.PHONY: test-quick
test-quick: $(BIN)/python ## Rust tests without what asks clouds and clusters, whose dependencies take minutes to build
	$(CARGO) nextest run $(CRATES) $(TARGETS) --no-default-features --locked

.PHONY: test-python
test-python: native ## Tests of the Python package, notebooks included
	$(BIN)/python -m pytest

# Real tools and charts are beside the checkout, or nowhere: what is missing is said and skipped.
SHARED    ?= ../shared
GEN3_HELM ?= $(SHARED)/gen3-helm
# Charts of components, a directory each by its name: of Grafana, Loki, Keycloak, the add-ons and the others.
CHARTS    ?= $(SHARED)/charts
REAL      := build/real
TOOLS     := build/tools
HELM      ?= $(TOOLS)/helm
# The examples, each with a fleet.yaml, and what the chart of add-ons is asked for besides.
RENDERED  = $(patsubst %/,%,$(dir $(wildcard examples/*/fleet.yaml))) tests/fleets/add-ons
# Roots that `terraform validate` is run on: all is `/`, and takes some minutes.
ROOTS     ?= quickstart/

.PHONY: test-real
test-real: native real-tools $(TOOLS)/manifests/bin/python $(TOOLS)/languages/bin/python ## Bad input, real Terraform with both providers, real charts, where they are at hand
	$(BIN)/python tests/bad_input.py $(BIN)/csoc
	$(BIN)/python tests/planted_secrets.py $(BIN)/csoc
	$(BIN)/python tests/determinism.py $(BIN)/csoc examples/consortium
	$(BIN)/python tests/terraform_page.py $(BIN)/csoc
	@rm -rf $(REAL)
	@for place in $(RENDERED); do fleet=$$(basename $$place); \
	  $(BIN)/csoc render $$place --out $(REAL)/$$fleet >/dev/null || exit 1; \
	  $(BIN)/csoc verify $(REAL)/$$fleet || exit 1; \
	  $(BIN)/python tests/helm_template.py $(REAL)/$$fleet/gitops $(HELM) $(GEN3_HELM) || exit 1; \
	  $(TOOLS)/manifests/bin/python tests/rendered_manifests.py $(REAL)/$$fleet/gitops --helm $(HELM) --checkout $(GEN3_HELM) \
	    --crds $(SHARED)/data/crds --models $(TOOLS)/models --write $(REAL)/manifests/$$fleet || exit 1; \
	  $(TOOLS)/manifests/bin/python tests/component_charts.py $(REAL)/$$fleet/gitops --helm $(HELM) --charts $(CHARTS) \
	    --checkout $(GEN3_HELM) || exit 1; \
	  $(BIN)/python tests/foreign_identifiers.py $$place $(REAL)/$$fleet $(REAL)/manifests/$$fleet || exit 1; \
	  $(TOOLS)/languages/bin/python tests/observability_languages.py $(REAL)/$$fleet --logql $(TOOLS)/logql || exit 1; \
	done
	HELM=$(abspath $(HELM)) GEN3_HELM=$(abspath $(GEN3_HELM)) $(CARGO) test $(CRATES) --test helm --locked -- --nocapture
	$(BIN)/python tests/terraform_validate.py $(REAL) --only $(ROOTS) --cli-config $(TOOLS)/terraform.rc \
	  --replay $(SHARED)/tools/replay_provider.py --python $(abspath $(TOOLS))/venv/bin/python

.PHONY: mutations
mutations: native real-tools ## Roots with one defect each: what Terraform and csoc find of them; new ones take 3 s each
	@rm -rf $(REAL)/mutations
	@for fleet in quickstart consortium; do \
	  $(BIN)/csoc render examples/$$fleet --out $(REAL)/mutations/$$fleet >/dev/null || exit 1; \
	done
	$(BIN)/python tests/terraform_mutations/mutate.py $(REAL)/mutations/consortium $(REAL)/mutations/quickstart \
	  --csoc $(BIN)/csoc --cli-config $(TOOLS)/terraform.rc \
	  --reuse tests/terraform_mutations/results.json --write tests/terraform_mutations

# A Python with moto where there is one; scripts say themselves what they skip without.
WITH_MOTO := $$(if [ -x $(TOOLS)/venv/bin/python ]; then echo $(TOOLS)/venv/bin/python; else echo $(BIN)/python; fi)

# Proofs of the Terraform that we render. Those that need no cloud, real or pretended, first.
PROOFS := build/proofs

.PHONY: iam
iam: native ## Ask the policies of the rendered consortium who may do what
	@rm -rf $(PROOFS)/consortium
	$(BIN)/csoc render examples/consortium --out $(PROOFS)/consortium >/dev/null
	$(BIN)/python tests/iam/questions.py $(PROOFS)/consortium examples/consortium
	@rm -rf $(PROOFS)/pushed
	$(BIN)/csoc render tests/fleets/pushed --out $(PROOFS)/pushed >/dev/null
	$(BIN)/python tests/iam/pushed.py $(PROOFS)/pushed tests/fleets/pushed

TRIALS ?= 500
SEED   ?= 1

.PHONY: kills
kills: real-tools ## Kill csoc and Terraform on two machines until TRIALS=500 kills hit, chosen by SEED=1, and look at what is left
	$(CARGO) build -p csoc-cli --locked --no-default-features --features aws
	$(WITH_MOTO) tests/kill_trials.py target/debug/csoc --trials $(TRIALS) --seed $(SEED)

# The csoc that test-rust has built: cargo finds nothing to do after that.
.PHONY: trials
trials: $(BIN)/python real-tools ## Twenty kills, secrets in a pretended AWS, forty clusters: what is quick of the proofs of runs
	$(CARGO) build $(CRATES) $(TARGETS) --locked
	$(WITH_MOTO) tests/kill_trials.py target/debug/csoc --trials 20 --seed $(SEED)
	$(WITH_MOTO) tests/secrets_moto.py target/debug/csoc examples/consortium
	$(BIN)/python tests/status_clusters.py target/debug/csoc

.PHONY: operate
operate: native real-tools ## Plan, apply, drift and destroy a fleet of two accounts by csoc, against a pretended AWS: half an hour
	$(TOOLS)/venv/bin/python tests/operate_moto.py $(BIN)/csoc tests/fleets/two-accounts --pages \
	  --cli-config $(TOOLS)/terraform.rc

.PHONY: operate-consortium
operate-consortium: native real-tools ## The same of the three accounts of the consortium: an hour and more
	$(TOOLS)/venv/bin/python tests/operate_moto.py $(BIN)/csoc examples/consortium --cli-config $(TOOLS)/terraform.rc

.PHONY: scale
scale: native ## What csoc adds to Terraform over 200 stacks, and its memory beside a gigabyte of output: some minutes
	$(BIN)/python tests/operate_scale.py $(BIN)/csoc

.PHONY: secrets
secrets: native real-tools ## Seed, check and rotate secrets in two accounts of a pretended AWS
	$(CARGO) build -p csoc-cli --locked
	$(WITH_MOTO) tests/secrets_moto.py target/debug/csoc examples/consortium

.PHONY: status
status: ## Ask forty clusters of our own how they are, three of them out of reach, and say how long that takes
	$(CARGO) build -p csoc-cli --no-default-features --features kubernetes --locked
	$(PYTHON) tests/status_clusters.py target/debug/csoc

.PHONY: plans
plans: native real-tools ## Plan a root of each layer with the real provider and mocked answers
	@rm -rf $(PROOFS)/consortium
	$(BIN)/csoc render examples/consortium --out $(PROOFS)/consortium >/dev/null
	$(BIN)/python tests/terraform_plan.py $(PROOFS)/consortium --cli-config $(TOOLS)/terraform.rc \
	  --replay $(SHARED)/tools/replay_provider.py --python $(abspath $(TOOLS))/venv/bin/python

.PHONY: apply
apply: native real-tools ## Apply a fleet of two accounts to a pretended AWS, plan, lose, adopt and destroy it: some minutes
	$(TOOLS)/venv/bin/python tests/terraform_apply.py $(BIN)/csoc tests/fleets/two-accounts \
	  --cli-config $(TOOLS)/terraform.rc

.PHONY: fifty
fifty: native real-tools ## Render a fleet of fifty environments, verify it, and look at its Terraform
	@rm -rf $(PROOFS)/fifty
	$(CARGO) run --quiet -p csoc-bench --locked -- generate 50 $(PROOFS)/fifty
	$(BIN)/python tests/fleet_of_fifty.py $(BIN)/csoc $(PROOFS)/fifty --cli-config $(TOOLS)/terraform.rc

.PHONY: checkov
checkov: native $(TOOLS)/checkov/bin/checkov ## checkov over the rendered consortium, into a virtual environment of its own
	@rm -rf $(PROOFS)/consortium
	$(BIN)/csoc render examples/consortium --out $(PROOFS)/consortium >/dev/null
	$(BIN)/python tests/checkov_run.py $(TOOLS)/checkov/bin/checkov $(PROOFS)/consortium/terraform

$(TOOLS)/checkov/bin/checkov:
	@mkdir -p $(TOOLS)
	$(PYTHON) -m venv $(TOOLS)/checkov
	$(TOOLS)/checkov/bin/pip install --quiet --disable-pip-version-check 'checkov==3.3.30'

# Schemas of Kubernetes, and validators of custom resources where npm is.
MODELS := karpenter@2.0.0 external-secrets@2.0.0 cert-manager@6.0.0

$(TOOLS)/manifests/bin/python:
	@mkdir -p $(TOOLS)/models
	$(PYTHON) -m venv $(TOOLS)/manifests
	$(TOOLS)/manifests/bin/pip install --quiet --disable-pip-version-check 'kubernetes-validate==1.37.0'
	@if command -v npm >/dev/null; then \
	  echo '{"private": true}' >$(TOOLS)/models/package.json; \
	  npm install --silent --no-audit --no-fund --prefix $(TOOLS)/models $(addprefix @kubernetes-models/,$(MODELS)); \
	else \
	  echo 'skipped: validators of custom resources (there is no npm)'; \
	fi

# What runs Lua, and what parses PromQL and LogQL: the last where npm is.
$(TOOLS)/languages/bin/python:
	@mkdir -p $(TOOLS)/logql
	$(PYTHON) -m venv $(TOOLS)/languages
	$(TOOLS)/languages/bin/pip install --quiet --disable-pip-version-check PyYAML==6.0.4 lupa==2.8 promql-parser==0.12.0
	@if command -v npm >/dev/null; then \
	  echo '{"private": true}' >$(TOOLS)/logql/package.json; \
	  npm install --silent --no-audit --no-fund --prefix $(TOOLS)/logql @grafana/lezer-logql@0.4.2 @lezer/common@1 @lezer/lr@1; \
	else \
	  echo 'skipped: the parser of LogQL (there is no npm)'; \
	fi

.PHONY: real-tools
real-tools: $(BIN)/python
	@mkdir -p $(TOOLS)
	@if [ -f $(SHARED)/tools/get_tools.py ]; then \
	  [ -x $(TOOLS)/helm ] || $(BIN)/python $(SHARED)/tools/get_tools.py $(TOOLS) helm aws-provider; \
	  [ -d $(TOOLS)/venv ] || { $(PYTHON) -m venv $(TOOLS)/venv && \
	    $(TOOLS)/venv/bin/pip install --quiet --disable-pip-version-check \
	      grpcio protobuf tfplugin-proto-all 'moto[server]==5.2.1'; }; \
	else \
	  echo 'skipped: fetching real tools (there is no $(SHARED)/tools)'; \
	fi

# Each target is a door into the core for any bytes at all. What it found before is in fuzz/corpus;
# what it finds now, and adds to that, stays in fuzz/work.
FUZZ_TARGETS := fleet template terraform archive
# `quick` builds in half the time of `release`, and tries a third as much in a second.
FUZZ_PROFILE ?= quick
FUZZ_BIN      = fuzz/target/$$(rustc -vV | sed -n 's/^host: //p')/$(FUZZ_PROFILE)
FUZZ_FLAGS   := --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
FUZZ_LIMITS  := -rss_limit_mb=2048 -timeout=10 -max_len=6000
HAS_CXX      := command -v "$${CXX:-c++}" >/dev/null
SECONDS      ?= 30

.PHONY: fuzz
fuzz: fuzz-build ## Readers of files against any bytes: SECONDS=30 a target
	@$(HAS_CXX) || exit 0; for target in $(FUZZ_TARGETS); do \
	  mkdir -p fuzz/work/$$target; \
	  $(FUZZ_BIN)/$$target $(FUZZ_LIMITS) -max_total_time=$(SECONDS) -artifact_prefix=fuzz/work/$$target- \
	    fuzz/work/$$target fuzz/corpus/$$target >fuzz/work/$$target.log 2>&1 \
	    || { tail -n 60 fuzz/work/$$target.log; exit 1; }; \
	  echo "$$target: $$(grep DONE fuzz/work/$$target.log)"; \
	done

# With a target of its own even where that is the host, so that build scripts are built without these flags.
.PHONY: fuzz-build
fuzz-build:
	@$(HAS_CXX) || { echo 'skipped: fuzzing (libFuzzer needs a C++ compiler)'; exit 0; }; \
	RUSTFLAGS='$(FUZZ_FLAGS)' $(CARGO) build --manifest-path fuzz/Cargo.toml --target-dir fuzz/target \
	  --target "$$(rustc -vV | sed -n 's/^host: //p')" --profile $(FUZZ_PROFILE) --locked

.PHONY: fuzz-corpus
fuzz-corpus: fuzz-build ## fuzz/corpus anew: the least of it, of fuzz/work and of our examples that reaches as much
	$(PYTHON) fuzz/seeds.py fuzz/work/seeds
	@for target in $(FUZZ_TARGETS); do \
	  rm -rf fuzz/work/merged fuzz/work/merge.txt && mkdir -p fuzz/work/merged fuzz/work/$$target fuzz/corpus/$$target && \
	  $(FUZZ_BIN)/$$target $(FUZZ_LIMITS) -set_cover_merge=1 -merge_control_file=fuzz/work/merge.txt \
	    fuzz/work/merged fuzz/corpus/$$target fuzz/work/seeds/$$target fuzz/work/$$target >fuzz/work/merge.log 2>&1 && \
	  $(PYTHON) fuzz/choose.py fuzz/work/merge.txt fuzz/corpus/$$target || exit 1; \
	done

.PHONY: bench
bench: real-tools ## Benchmarks: each stage, fleets of 10, 100 and 1,000 environments, csoc beside helm and terraform
	$(CARGO) bench -p csoc-bench --locked
	$(CARGO) run --release -p csoc-bench --locked
	$(CARGO) build --release -p csoc-cli --locked
	$(BIN)/python tests/side_by_side.py target/release/csoc $(FLEET) --helm $(HELM) --checkout $(GEN3_HELM) \
	  --cli-config $(TOOLS)/terraform.rc

.PHONY: docs
docs: $(BIN)/python ## Documentation of the Rust crates, into target/doc
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc $(CRATES) --no-deps --locked

.PHONY: fmt
fmt: $(BIN)/ruff ## Format everything
	$(CARGO) fmt --all
	$(BIN)/ruff format
	$(BIN)/ruff check --fix-only

.PHONY: deny
deny: ## Licences, bans and sources of dependencies; needs cargo-deny
	$(CARGO) deny check bans licenses sources

.PHONY: stubs
stubs: native ## Check that _native.pyi says what the extension has
	$(BIN)/python -m mypy.stubtest gen3_csoc

.PHONY: wheel
wheel: $(BIN)/maturin ## The wheel as it is released, into dist/
	$(BIN)/maturin build --release --locked --out dist

.PHONY: clean
clean: ## Remove everything that was built
	$(CARGO) clean
	rm -rf $(VENV) build dist fuzz/target fuzz/work

# The virtual environment. Its tools are pinned in requirements-dev.txt.

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The demo needs nothing else.
$(BIN)/maturin: $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^maturin==' requirements-dev.txt)"
	@touch $@

$(BIN)/ruff: requirements-dev.txt $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# All of it, as the tests in Rust have it: cargo then builds dependencies once. It knows what is out of date; a second run
# takes seconds.
.PHONY: native
native: $(BIN)/ruff
	$(BIN)/maturin develop --locked
