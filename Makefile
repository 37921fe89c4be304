# Compiled modules are kept, whatever the machine's habit: the tests begin Python many times.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml

# Where pip-audit asks; a mirror of packages alone does not have it.
ADVISORIES := https://pypi.org/pypi/pip/24.0/json

define install
test -x $(BIN)/python || $(PYTHON) -m venv .venv; \
echo "Installing $(1) into .venv ..."; \
$(PIP) --require-hashes -r $(1) && $(PIP) --no-deps --no-build-isolation -e .
endef

.PHONY: help run semantic tracing test lint types check bench prove advisories audit lock screenshot clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .venv/run.done ## start the demonstration province and print its address
	@$(BIN)/loa demo

semantic: .venv/run.done ## have the FAQ searched by meaning too (90 MB more)
	@$(PIP) --require-hashes -r requirements-semantic.lock

tracing: .venv/run.done ## have spans sent to an OpenTelemetry collector too
	@$(PIP) --require-hashes -r requirements-tracing.lock

test: lint types check ## lint, types and all tests

lint: .venv/dev.done
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/dev.done
	@$(BIN)/mypy

check: .venv/dev.done
	@$(BIN)/pytest -n auto

bench: .venv/dev.done ## measure against the peers; two hours on an idle machine
	@$(BIN)/python -m benchmarks.nation
	@$(BIN)/python -m benchmarks.standing
	@$(BIN)/python -m benchmarks.broadcast --limits
	@$(BIN)/python -m benchmarks.broadcast --peers
	@$(BIN)/python -m benchmarks.one_slow_chat
	@$(BIN)/python -m benchmarks.live_during
	@$(BIN)/python -m benchmarks.askers
	@$(BIN)/python -m benchmarks.webhooks
	@$(BIN)/python -m benchmarks.kill
	@$(BIN)/python -m benchmarks.incoming
	@$(BIN)/python -m benchmarks.outgoing
	@$(BIN)/python -m benchmarks.cost --picture docs/images/cost.svg
	@$(BIN)/python -m benchmarks.faq_scale
	@$(BIN)/python -m benchmarks.roll_up
	@$(BIN)/python -m benchmarks.sentences
	@$(BIN)/python -m benchmarks.paper
	@$(BIN)/python -m benchmarks.report_kill
	@$(BIN)/python -m benchmarks.friday
	@$(BIN)/python -m benchmarks.friday --beside-broadcast

prove: .venv/dev.done ## the slow proofs
	@LOA_FUZZ=2000 $(BIN)/pytest -q -n auto tests/fuzz
	@LOA_PROVE=1 $(BIN)/pytest -n auto tests/bot/test_conversations.py tests/bot/test_crash.py \
		tests/loa/test_backup_commands.py tests/loa/test_copy_command.py
	@$(BIN)/python -m benchmarks.kill --groups 400 --kills 20

advisories: .venv/run.done
	@$(BIN)/python -c 'import urllib.request as r; r.urlopen("$(ADVISORIES)", timeout=20)' 2>/dev/null || \
		{ echo "PyPI's advisories cannot be reached: the packages were NOT audited." >&2; exit 1; }

audit: .venv/dev.done advisories ## ask PyPI for what is known against the locked packages
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.lock -r requirements-semantic.lock -r requirements-tracing.lock

lock: .venv/dev.done ## write the lock files anew from pyproject.toml
	$(LOCK) --group build -o requirements.lock
	$(LOCK) --group build --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --group build --extra semantic -c requirements.lock -o requirements-semantic.lock
	$(LOCK) --group build --extra tracing -c requirements.lock -o requirements-tracing.lock

screenshot: .venv/dev.done ## take the README's pictures anew
	@$(BIN)/python docs/screenshot.py

clean: ## remove the environment and what was built
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache

.venv/run.done: requirements.lock pyproject.toml
	@$(call install,requirements.lock)
	@touch $@

.venv/dev.done: requirements-dev.lock pyproject.toml
	@$(call install,requirements-dev.lock)
	@touch $@ .venv/run.done
