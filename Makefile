# Two commands: `make run` starts everything on this machine, `make test` checks everything.
# Each begins in deploy/bootstrap.py, which makes .venv from the pinned lock.
PYTHON ?= python3
BOOTSTRAP = @command -v $(PYTHON) >/dev/null || { echo "MOT Course needs Python 3.11 or newer, \
	and there is no $(PYTHON) here: install python3 and python3-venv." >&2; exit 1; }; \
	exec $(PYTHON) deploy/bootstrap.py

.PHONY: run test lint bench faults setup lock
run test lint bench faults setup:
	$(BOOTSTRAP) $@

lock: # after a change of requirements*.in; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --quiet requirements.in --output-file requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --quiet requirements-dev.in --output-file requirements-dev.txt \
		--constraint requirements.txt
