# Everything a developer runs. `make help` lists it.
SHELL := /bin/bash
BUILD := swift build -c release
TARE := .build/release/tare
RUN ?= runs/demo-$(shell date +%Y%m%d-%H%M%S)

.PHONY: help demo build test transcripts check fuzz format proto bench clean packages

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## install what is missing, build, train on the embedded images with one server and two workers
	@echo "Training on the embedded data set, one server and two workers."
	$(TARE) train --output $(RUN)

build: packages ## build tare in release
	$(BUILD) --product tare

test: packages ## run the whole test suite (release build)
	# Line by line, so that a run that is cut short shows how far it came; 35 minutes are three times what it takes.
	stdbuf -oL timeout --verbose --kill-after=30 35m swift test -c release

transcripts: packages ## write the effects in Tests/Transcripts anew; review the difference in git
	TARE_REGENERATE_TRANSCRIPTS=1 swift test --filter TranscriptTests

check: packages ## the gate: format, generated code, and (with every build) warnings as errors
	swift format lint --strict --recursive Package.swift Sources Tests
	proto/generate --check
	$(BUILD)

fuzz: packages ## search for bytes that crash a decoder; FOR=600 seconds in all, TARGET="plan idx" instead of every one
	Tests/fuzz $(or $(FOR),600) $(TARGET)

format: ## put the sources into the house's format
	swift format --in-place --recursive Package.swift Sources Tests

proto: packages ## make the C code of the messages anew
	proto/generate

bench: build ## images/s of a worker and of a whole run; PYTHON=python-with-torch adds the peer
	$(TARE) bench $(if $(PYTHON),--python $(PYTHON))

packages: ## install the Debian packages that are missing
	@cluster/setup/install

clean: ## remove what was built
	swift package clean
