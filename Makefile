# One word a wish.
.PHONY: help setup run build check test format clean

help:
	@echo "make run     build and start a gate on 127.0.0.1:2525, everything below var/"
	@echo "make test    run every test"
	@echo "make check   formatting, declared imports, tidiness"
	@echo "make format  format the sources"

setup:
	@scripts/setup

run: setup
	swift build -c release --product kadomori
	.build/release/kadomori serve --development var

build: setup
	swift build --build-tests --explicit-target-dependency-import-check error

check: build
	swift format lint --strict --recursive Sources Tests Package.swift
	swift test --skip-build --filter TidyTests

test:
	@scripts/setup --tests
	swift build --build-tests --explicit-target-dependency-import-check error
	swift test --skip-build

format:
	swift format --in-place --recursive Sources Tests Package.swift

clean:
	rm -rf .build
