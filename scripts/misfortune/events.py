"""What was done when, and what went wrong at once."""

import collections
import sys
import time


class Events:
    """When was what: the kills and faults, by which a duplicate may be explained."""

    def __init__(self, trail):
        self.trail = trail
        self.began = time.time()
        self.counts = collections.Counter()
        self.spans = []
        self.findings = []

    def note(self, kind, start, end):
        self.counts[kind] += 1
        self.spans.append((kind, start, end))
        print(f"  {start - self.began:7.1f} s  {kind}, {end - start:.1f} s", file=self.trail, flush=True)

    def find(self, words):
        words = f"{time.time() - self.began:.1f} s: {words}"
        self.findings.append(words)
        print("torture: " + words, file=sys.stderr, flush=True)
