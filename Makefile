.DEFAULT_GOAL := help
.PHONY: run test check suite bench help

bin := .venv/bin
# Whoever keeps Python from writing bytecode makes every process compile the product anew.
unexport PYTHONDONTWRITEBYTECODE

run: ## install, build, migrate, load the demo and start everything on 127.0.0.1 (PORT=8000)
	@.make/setup.sh run
	@PASSERELLE_DEMO=$${PASSERELLE_DEMO:-1} exec $(bin)/passerelle up

test: ## everything: checks, and all tests on SQLite, PostgreSQL and Redis, in a browser
	@.make/setup.sh test
	@$(MAKE) --no-print-directory -j 2 check suite

suite:
	@$(bin)/pytest -n 3 --dist worksteal $(PYTEST)

check: ## ruff, mypy --strict, import-linter
	@.make/setup.sh test
	@$(bin)/ruff check .
	@$(bin)/ruff format --check .
	@$(bin)/mypy
	@$(bin)/lint-imports

bench: ## the figures; the last line is one JSON object
	@.make/setup.sh test
	@$(bin)/python -m tests.bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
