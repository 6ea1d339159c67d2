# Everything a developer runs. `make help` lists it.
SHELL := /bin/bash
# `make build` says the commit in the environment: in a file, it would outlive the commit.
COMMIT := $(shell git describe --always --dirty --abbrev=12 --exclude='*' 2> /dev/null)
# What is shipped has Swift's libraries inside and no symbols. What is tested is built apart, in .build/tests: Swift's
# Testing library cannot be linked statically, and changing flags in one folder would build everything again each time.
# Its own addresses are stored compactly (lld's relative relocations), which shortens each start by about a millisecond.
BUILD := TARE_COMMIT=$(COMMIT) swift build -c release --product tare --static-swift-stdlib -Xlinker -s -Xswiftc -use-ld=lld \
	-Xlinker -z -Xlinker pack-relative-relocs
TESTS := -c release --scratch-path .build/tests --explicit-target-dependency-import-check error
TARE := .build/release/tare
INSTRUCTIONS := Tests/instructions .build/tests/release/tare-instructions
SCRIPTS := .ci/run cluster/setup/install cluster/package/stage cluster/package/deb cluster/package/tarball cluster/package/version cluster/package/check proto/generate Tests/fuzz Tests/processors Tests/proof Tests/run
RUN ?= runs/demo-$(shell date +%Y%m%d-%H%M%S)

PREFIX ?= /usr/local

.PHONY: help demo build install deb deb-check tarball test transcripts check proof fuzz instructions spelling format proto bench clean packages test-packages

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## build, then show in three small runs what decay does behind batch norm
	$(TARE) demo --output $(RUN)

build: packages ## build .build/release/tare: optimized, self-contained, stripped
	$(BUILD)

install: build ## install the program, completions, man pages, plans and pages: PREFIX=/usr/local, DESTDIR=
	cluster/package/stage $(TARE) $(PREFIX) $(DESTDIR)

deb: build ## make a Debian package, which says what it depends on
	cluster/package/deb $(TARE) .

deb-check: deb ## install that package on a clean Debian 12 and train there; takes root and mmdebstrap
	cluster/package/check "$$(cluster/package/deb $(TARE) .)"

tarball: build ## make an archive to unpack anywhere
	cluster/package/tarball $(TARE) .

check: test-packages ## the gate: format, generated code, scripts, spelling, links, unused symbols, warnings, instruction counts
	swift format lint --strict --recursive Package.swift Sources Tests
	proto/generate --check
	shellcheck $(SCRIPTS)
	Tests/spelling
	Tests/links
	Tests/unused
	swift build $(TESTS) --build-tests
	$(INSTRUCTIONS)

test: packages ## run every test, each at a size that fits into a few minutes
	# The same build as that of `check`: swift test by itself compiles everything again, with other flags.
	swift build $(TESTS) --build-tests
	Tests/run

transcripts: packages ## record the transcripts in Tests/Transcripts again; review the difference in git
	swift build $(TESTS) --build-tests
	TARE_REGENERATE_TRANSCRIPTS=1 swift test $(TESTS) --skip-build --filter TranscriptTests

proof: test-packages ## run the long forms of the tests, soaks, drills, claims and fuzzing (an hour or more); ONLY="drill fuzz"
	Tests/proof $(ONLY)

fuzz: packages ## search for bytes that crash a decoder; FOR=600 seconds in all, TARGET="plan idx" instead of all
	Tests/fuzz $(or $(FOR),600) $(TARGET)

instructions: test-packages ## compare the instruction counts of the hot paths with the recorded ones; UPDATE=1 records them
	swift build $(TESTS) --product tare-instructions
	$(INSTRUCTIONS) $(if $(UPDATE),--update)

spelling: ## rewrite British spellings as American ones in sources, tests, scripts and pages
	Tests/spelling --fix

format: ## format the Swift sources
	swift format --in-place --recursive Package.swift Sources Tests

proto: packages ## generate the C code of the messages
	proto/generate

bench: build ## images per second of a worker and of a whole run; PYTHON=python-with-torch adds PyTorch
	$(TARE) bench $(if $(PYTHON),--python $(PYTHON))

packages: ## install the Debian packages that building and running need
	@cluster/setup/install

test-packages: ## install those that checks and tests need as well
	@cluster/setup/install --tests

clean: ## remove everything that was built
	rm -rf .build
