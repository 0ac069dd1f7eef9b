PYTHON ?= python3
PORT ?= 8000
SCALE ?= full
STAGE ?= isere-dev
SERVICE ?= pypi
LOCKED := $(wildcard requirements*.txt benchmarks/peers/requirements.txt tests/entrypoints/clients/requirements.txt)
VENV := .venv
EMULATOR := .venv-emulator
PEERS := out/bench/peers
CLIENTS := out/clients
GENERATORS := tests/entrypoints/clients
RUN := $(VENV)/bin/python -m
ALL_AT_ONCE := --numprocesses auto --dist loadfile --durations=5
READY := $(VENV)/.ready

# Images of Python set it. Each process would read every module and every test anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-long guarantee mutants browser picture spam clients gallery theme secret preflight smoke scale bench check format lint types imports workflows package deploy check-package emulate emulate-two lock audit clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
		while IFS='|' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

demo: $(READY) ## Play two dossiers from the chosen appointment to the next renewal
	$(RUN) local.demo

serve: $(READY) ## Open the studio: the whole world in the browser (PORT=8000 SCENE=week MAIL=smtp://127.0.0.1:1025)
	$(RUN) local.serve --port $(PORT) $(SCENE:%=--scene %) $(MAIL:%=--mail %)

test: $(READY) ## Run every test but the long ones and those in a browser (COVERAGE=yes: traced, which takes twice as long)
	$(RUN) pytest $(ALL_AT_ONCE) $(COVERAGE:%=--cov --cov-report=)
	$(COVERAGE:%=$(RUN) coverage report --fail-under=100)

test-long: $(READY) ## Run the long tests: more cases of the same, each fault met on AWS
	$(RUN) pytest $(ALL_AT_ONCE) --hypothesis-profile thorough -m "(long or hypothesis) and not (browser or package or emulator or clients or spam)"

guarantee: $(READY) ## Try the guarantee with faults at every call (SCALE=quick|ci|full|all ONLY="words aws" PART=3/10)
	$(RUN) tests.guarantee --scale $(SCALE) $(ONLY:%=--only "%") $(PART:%=--part %)

mutants: $(READY) ## Mutation testing of domain, decoding and pipeline (half an hour)
	rm -rf mutants
	$(VENV)/bin/mutmut run
	$(VENV)/bin/mutmut results

theme: $(READY) ## Compile the e-mails' theme from its MJML
	$(RUN) gallery.theme

gallery: $(READY) ## Render every message, page and document in every hard case (out/gallery)
	$(RUN) gallery

browser: $(READY) ## Open every page and every e-mail in Chromium (Debian: apt-get install chromium)
	$(RUN) pytest $(ALL_AT_ONCE) -m browser tests/browser

picture: $(READY) ## Take the studio's picture anew (docs/studio.webp)
	$(RUN) pytest -m browser tests/browser/test_studio.py -k newcomer
	cp out/browser/studio.webp docs/studio.webp

spam: $(READY) ## Ask SpamAssassin's local rules about every e-mail (Debian: apt-get install spamassassin)
	$(RUN) pytest --numprocesses auto -m spam tests/gallery/test_spam_filter.py

clients: $(READY) $(CLIENTS)/python/.ready $(CLIENTS)/node_modules/.ready ## Generate clients of the contract, try what they and the guide's samples say, and hold e-mails against mail programs (Debian: default-jdk-headless nodejs npm php-cli)
	$(RUN) pytest --durations=9 -m clients tests/entrypoints tests/local tests/gallery

secret: $(READY) ## Fill the empty secrets of a new stage, once, with random keys (STAGE=isere-dev)
	AWS_DEFAULT_REGION=eu-west-3 $(RUN) infra.first_secret --stage $(STAGE)

preflight: $(READY) ## Ask the account what a stage still lacks there; changes nothing (STAGE=isere-dev)
	AWS_DEFAULT_REGION=eu-west-3 $(RUN) infra.preflight --stage $(STAGE)

smoke: $(READY) ## Smoke test of a deployed stage: one dossier, to AWS' simulators (STAGE=isere-dev REQUIRE_SMS=yes)
	AWS_DEFAULT_REGION=eu-west-3 $(RUN) infra.smoke --stage $(STAGE) $(REQUIRE_SMS:%=--require-sms)

scale: $(READY) ## Count what one dossier costs, over its whole life (docs/scale.md)
	$(RUN) benchmarks.calls_per_dossier
	$(RUN) benchmarks.calls_per_page
	$(RUN) benchmarks.night
	AWS_DEFAULT_REGION=eu-west-3 $(RUN) benchmarks.limits

bench: $(READY) $(PEERS)/.ready ## Measure CPU beside peers, in turns: out/bench, docs/performance.md (ROUNDS=9 ONLY="sender night")
	$(RUN) benchmarks $(ROUNDS:%=--rounds %) $(ONLY:%=--only %)

check: lint types imports ## Check form, types and import law: before each commit

format: $(READY) ## Format the code, and apply ruff's fixes
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

lint: $(READY) ## Check form and lint (ruff)
	$(RUN) ruff format --check .
	$(RUN) ruff check .

types: $(READY) ## Check types (mypy)
	$(RUN) mypy

imports: $(READY) ## Check that imports go down only (import-linter)
	$(VENV)/bin/lint-imports

workflows: $(READY) ## Lint the workflows: form, rights, what may be injected (zizmor)
	$(VENV)/bin/zizmor --offline --quiet --min-severity medium .github

package: $(READY) ## Build the deployment package (ARCH=arm64|x86_64): out/package
	AWS_DEFAULT_REGION=eu-west-3 $(RUN) infra.packaging

deploy: infra/stages/$(STAGE).toml $(READY) package ## Build it, and deploy the stack as infra/stages says (STAGE=isere-dev, DRY_RUN=1: only say how)
	$(RUN) infra.deploy --stage $(STAGE) $(if $(DRY_RUN),--dry-run)

check-package: $(READY) ## Build it twice and compare, and start each function from the zip alone
	$(RUN) pytest -m package tests/package

emulate: $(READY) $(EMULATOR)/.ready ## Deploy the package to an emulator of AWS that enforces IAM, and play the procedure
	$(RUN) pytest -m "emulator and not long" tests/emulator tests/journeys
	$(RUN) pytest --emulator -m "not moto" tests/storage

emulate-two: $(READY) $(EMULATOR)/.ready ## On the emulator, at length: two stages in one account, two packages by turns, a table restored
	$(RUN) pytest -m "emulator and long" tests/emulator

lock: $(READY) ## Pin and hash every requirement anew
	$(RUN) uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras requirements.in -o requirements.txt
	$(RUN) uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras requirements-cli.in -o requirements-cli.txt
	$(RUN) uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras requirements-dev.in -o requirements-dev.txt
	$(RUN) uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-strip-extras requirements-emulator.in -o requirements-emulator.txt
	$(RUN) uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras $(GENERATORS)/requirements.in -o $(GENERATORS)/requirements.txt
	cd $(GENERATORS) && npm install --package-lock-only --no-audit --no-fund
	$(RUN) uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-strip-extras benchmarks/peers/requirements.in -o benchmarks/peers/requirements.txt

audit: $(READY) ## Ask PyPI for known weaknesses of all that is locked (SERVICE=pypi|osv); fails where it does not answer
	$(VENV)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -s $(SERVICE) $(LOCKED:%=-r %)

clean: ## Remove everything that was made
	rm -rf $(VENV) $(EMULATOR) out mutants .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(EMULATOR)/.ready: requirements-emulator.txt $(READY)
	@python=$$($(RUN) infra.packaging.target) && $$python -m venv $(EMULATOR)
	@$(EMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-emulator.txt
	@touch $@

$(PEERS)/.ready: benchmarks/peers/requirements.txt $(READY)
	@python=$$($(RUN) infra.packaging.target) && $$python -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/peers/requirements.txt
	@touch $@

$(CLIENTS)/python/.ready: $(GENERATORS)/requirements.txt
	@$(PYTHON) -m venv $(CLIENTS)/python
	@$(CLIENTS)/python/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(CLIENTS)/node_modules/.ready: $(GENERATORS)/package-lock.json
	@mkdir -p $(CLIENTS)
	@cp $(GENERATORS)/package.json $(GENERATORS)/package-lock.json $(CLIENTS)/
	@npm ci --silent --no-audit --no-fund --ignore-scripts --prefix $(CLIENTS)
	@touch $@

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed: make PYTHON=python3.12 …'; exit 1; }
	@echo 'First run: setting up $(VENV), one to two minutes …'
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
