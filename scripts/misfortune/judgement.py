"""What was promised beside what arrived."""

import collections

from misfortune.torture import CLIENTS, DRAIN_SECONDS

# From the hop's 250 to the record of it on our disk, generously, on a loaded machine.
RECORD_SECONDS = 3.0


class Judgement:
    """The ledger beside the records of the hops."""

    DISK = ("disk full", "power cut", "disk turned read-only by an error",
            "start on a read-only disk")

    def __init__(self, torture):
        self.torture = torture
        self.tally = collections.Counter()
        self.why = collections.Counter()
        self.faulty = []
        self.judge()

    def explained(self, arrival):
        """Whether a kill or fault fell between the hop's 250 and our record of it."""
        got, _, said = arrival
        for kind, start, end in self.torture.events.spans:
            if kind in self.DISK and start - RECORD_SECONDS <= got <= end:
                return kind
            # What the gate sent before it died may still be read by the hop a moment later.
            if kind == "gate killed" and got <= end and start <= (said or got) + RECORD_SECONDS:
                return kind
            if kind == "hop killed" and got - 0.5 <= start <= (said or got) + 0.5:
                return kind
        return None

    def judge(self):
        records = {name: hop.arrivals() for name, hop in self.torture.hops.items()}
        for token, entry in self.torture.ledger.entries.items():
            code = entry["code"] // 100
            self.tally[entry["what"] if not code else f"answered {code}xx"] += 1
            for name in entry["where"]:
                arrived = records[name].get(token, [])
                self.compare(token, entry, name, arrived)
        known = self.torture.ledger.entries
        for name, found in records.items():
            for token in found:
                if token not in known or name not in known[token]["where"]:
                    self.fault(f"an unknown message at {name}: {token}")

    def compare(self, token, entry, name, arrived):
        code = entry["code"] // 100
        self.tally["arrivals"] += len(arrived)
        if any(digest != entry["digest"] for _, digest, _ in arrived):
            self.fault(f"{token} arrived changed at {name}")
        if code == 2 and not arrived:
            self.fault(f"LOST: {token} for {name}, answered {entry['reply']!r} "
                       f"at {entry['time'] - self.torture.events.began:.1f} s")
        if code in (4, 5) and arrived:
            if any(kind in self.DISK[1:] and start - 1 <= entry["time"] <= end
                   for kind, start, end in self.torture.events.spans):
                self.tally["refused after a failed sync, arrived"] += 1
            else:
                self.fault(f"{token} arrived at {name} though answered {entry['reply']!r} "
                           f"at {entry['time'] - self.torture.events.began:.1f} s")
        if entry["what"] == "before" and arrived:
            self.fault(f"{token} arrived at {name} though cut before the final dot")
        if entry["what"] == "after" and arrived:
            self.tally["cut after the dot, arrived"] += 1
        for arrival in arrived[:-1]:
            self.tally["duplicates"] += 1
            why = self.explained(arrival)
            self.why[why or "UNEXPLAINED"] += 1
            if not why:
                self.fault(f"{token} arrived {len(arrived)} times at {name}, from "
                           f"{arrival[0] - self.torture.events.began:.2f} s on, with no kill beside it")

    def fault(self, words):
        self.faulty.append(words)

    def report(self):
        """Prints all of it; tells whether nothing is wrong."""
        counts = self.torture.events.counts
        print(f"{self.torture.options.minutes:g} minutes, seed {self.torture.options.seed}: "
              f"{len(self.torture.ledger.entries):,} messages sent by {CLIENTS} clients")
        for kind, count in sorted(counts.items(), key=lambda pair: -pair[1]):
            print(f"  {count:6} × {kind}")
        print("answers")
        for words, key in (("250", "answered 2xx"), ("4xx", "answered 4xx"), ("5xx", "answered 5xx"),
                           ("cut before the final dot", "before"), ("cut after it", "after")):
            print(f"  {self.tally[key]:8,}  {words}")
        print("arrivals")
        print(f"  {self.tally['arrivals']:8,}  at the hops, each compared byte by byte")
        print(f"  {self.tally['duplicates']:8,}  duplicates, after: "
              + (", ".join(f"{why} {n}" for why, n in self.why.most_common()) or "none"))
        print(f"  {self.tally['cut after the dot, arrived']:8,}  whose client was cut after the final dot")
        print(f"  {self.tally['refused after a failed sync, arrived']:8,}  answered 4xx because a sync "
              "failed, on the disk all the same")
        print(f"  drained in {self.torture.drained:.1f} s"
              + (f"; after {DRAIN_SECONDS[0]} s {self.torture.restarted_with} still waited, and the gate was "
                 "started anew" if self.torture.restarted_with else ""))
        if self.torture.held:
            print(f"  {self.torture.held} held for a person and released: "
                  + "; ".join(f"{n} × {why}" for why, n in self.torture.reasons))
        for words in self.faulty[:10] + self.torture.events.findings[:10]:
            print("FAULT " + words)
        if len(self.faulty) > 10:
            print(f"FAULT and {len(self.faulty) - 10} more")
        lost = sum(words.startswith("LOST") for words in self.faulty)
        print(f"{lost} lost, {len(self.faulty) - lost + len(self.torture.events.findings)} other faults")
        return not self.faulty and not self.torture.events.findings
