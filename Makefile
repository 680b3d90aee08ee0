# A name for each command, nothing clever. `make serve` and `make test` work on a fresh clone.
PYTHON ?= python3.11
NOTES ?=
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
FRONTEND := api/web/frontend
# unpacked, not installed: it stands beside a kubectl that the machine may have
KUBECTL := .tools/usr/bin/kubectl

.PHONY: setup serve check test bench schema machines sdl web tools

setup: .venv/.ready web

.venv/.ready: pyproject.toml constraints.txt | web
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

serve: setup
	$(BIN)/kubelore serve --host $(HOST) --port $(PORT) $(NOTES)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# what only apt has; where it cannot be installed, the tests that need it say so
tools:
	@{ command -v chromium && command -v curl; } >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium curl; } >/dev/null || true
	@[ -x $(KUBECTL) ] || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
	  { mkdir -p .tools && cd .tools && apt-get update -qq && apt-get download -qq kubernetes-client && \
	    dpkg-deb --extract kubernetes-client_*.deb . ; } >/dev/null 2>&1 || true

test: check tools
	$(BIN)/pytest

web: api/web/static/graphiql.html

api/web/static/graphiql.html: $(shell find $(FRONTEND) -name node_modules -prune -o -type f -print)
	npm --prefix $(FRONTEND) --loglevel=error ci
	npm --prefix $(FRONTEND) --loglevel=error run build

bench: setup
	$(BIN)/python -m pytest tests/bench --bench

schema: setup
	$(BIN)/python tests/schema/build.py

# the GraphQL schema as it is checked in; a test compares
sdl: setup
	$(BIN)/python -c 'from api.graphql.schema import SDL; print(SDL, end="")' > api/graphql/schema.graphql

machines: setup
	$(BIN)/python tests/ontology/machines/build.py
