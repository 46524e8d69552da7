# One word a wish.
.PHONY: help setup run install build check test sim fuzz bench torture conformance format clean

help:
	@echo "make run     build and start a gate on 127.0.0.1:2525, everything below var/"
	@echo "make install build for this machine: program, systemd unit, a user of its own (root; DESTDIR=FOLDER)"
	@echo "make test    run every test"
	@echo "make check   formatting, declared imports, tidiness"
	@echo "make sim     simulate 10,000 seeds of misfortune; make sim SEEDS=500, make sim SEED=7 with its trace"
	@echo "make fuzz    fuzz every parser for 60 s each; make fuzz PARSER=path SECONDS=10"
	@echo "make bench   parsers and commits, then Kadomori and Postfix side by side (root); ONLY=micro|disk|latency|inspect"
	@echo "make torture kill gate, hops, disk, DNS at random and look for losses (needs root); MINUTES=2, BUILD=debug"
	@echo "make conformance  what the published suites say, as docs/conformance.md"
	@echo "make format  format the sources"

setup:
	@scripts/setup

run: setup
	swift build -c release --product kadomori
	.build/release/kadomori serve --development var

install: setup
	swift build -c release --product kadomori
	@scripts/install

build: setup
	swift build --build-tests --explicit-target-dependency-import-check error

check: build
	swift format lint --strict --recursive Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift
	swift test --skip-build --filter TidyTests

test:
	@scripts/setup --tests
	swift build --build-tests --explicit-target-dependency-import-check error
	@# The simulator takes every core; real gates beside it would miss what they wait for.
	swift test --skip-build --skip SimulationTests
	swift test --skip-build --filter SimulationTests

PARSER ?= all
SECONDS ?= 60

fuzz: setup
	@scripts/fuzz $(PARSER) $(SECONDS)

SEEDS ?= 10000

sim:
	swift build -c release --product simulate
	.build/release/simulate $(if $(SEED),seed $(SEED),$(SEEDS))

MICRO = swift run -c release --package-path Benchmarks micro

bench:
	@scripts/setup --bench
	@case "$(ONLY)" in ""|micro) $(MICRO) ;; disk) $(MICRO) disk ;; esac
	@case "$(ONLY)" in micro|disk) exit 0 ;; esac; \
	swift build -c release --product kadomori && \
	$(if $(filter inspect,$(ONLY)),scripts/bench-inspect,scripts/bench $(if $(ONLY),--only $(ONLY)))

MINUTES ?= 15
BUILD ?= release

torture:
	@scripts/setup
	swift build -c $(BUILD) --product kadomori
	@scripts/torture --minutes $(MINUTES) --binary .build/$(BUILD)/kadomori

conformance: build
	@scripts/conformance > docs/conformance.md
	@grep -c . docs/conformance.md

format:
	swift format --in-place --recursive Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift

clean:
	rm -rf .build Benchmarks/.build
