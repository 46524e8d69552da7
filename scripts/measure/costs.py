"""Of what the cost of a relayed message is made: memory asked for, and processor time by room."""

import collections
import os
import re
import shutil
import struct
import subprocess
import sys

from measure.bench import heading, line
from measure.load import end_to_end

COUNTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Benchmarks/Sources/CCount")
SESSIONS = 20
ROWS = 16
"""Of the table; what is less is one row."""


def costs(bench):
    allocations(bench)
    profile(bench)


def allocations(bench):
    """How often the gate's process asks for memory, a message; starting and idling is in neither count."""
    library, tally = (os.path.join(bench.folder, name) for name in ("count.so", "count"))
    subprocess.run(
        ["clang", "-O2", "-shared", "-fPIC", f"-I{COUNTER}/include", f"{COUNTER}/count.c", "-o", library],
        check=True)
    with open(tally, "wb") as f:
        f.write(bytes(8))
    sink = bench.sink()
    gate = bench.gate(
        "k-counted", sink.port, environment={"LD_PRELOAD": library, "ALLOCATION_COUNT": tally})
    heading("memory asked for, a message end to end", "times")
    for size in (4096, 102400):
        end_to_end(gate, sink, 500, size, SESSIONS)
        before, messages = count(tally), 5000 // bench.scale
        end_to_end(gate, sink, messages, size, SESSIONS)
        line(f"{size // 1024} KB, {SESSIONS} sessions", f"{(count(tally) - before) / messages:.0f}")
    bench.stop(gate, sink)


def count(tally):
    with open(tally, "rb") as f:
        return struct.unpack("q", f.read(8))[0]


def profile(bench):
    if not shutil.which("perf"):
        print("\n  no perf here (package linux-perf): where the time goes is not shown")
        return
    sink = bench.sink()
    gate = bench.gate("k-profiled", sink.port)
    end_to_end(gate, sink, 1000, 4096, SESSIONS)
    data, messages = os.path.join(bench.folder, "perf.data"), 15000 // bench.scale
    before = gate.processor()
    recorder = subprocess.Popen(
        ["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-g", "-p", str(gate.process.pid),
         "-o", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end_to_end(gate, sink, messages, 4096, SESSIONS)
    recorder.terminate()
    recorder.wait()
    each = (gate.processor() - before) / messages * 1e6
    stacks = read_stacks(data)
    bench.stop(gate, sink)
    if not stacks:
        print("\n  perf has recorded nothing: where the time goes is not shown")
        return
    table(stacks, each)
    if bench.options.stacks:
        with open(bench.options.stacks, "w") as f:
            for stack, number in sorted(stacks.items()):
                f.write(f"{';'.join(stack)} {number}\n")
        print(f"  stacks: {bench.options.stacks}", file=sys.stderr)


def read_stacks(data):
    """How often each stack was met, outermost first; names as the linker has them."""
    text = subprocess.run(
        ["perf", "script", "-i", data, "--no-demangle", "-F", "comm,ip,sym"],
        capture_output=True, text=True, errors="replace").stdout
    stacks = collections.Counter()
    for sample in text.split("\n\n"):
        lines = sample.strip("\n").split("\n")
        frames = [found.group(1) for line in lines[1:] if (found := re.match(r"\s*[0-9a-f]+ (.+)", line))]
        if frames:
            stacks[tuple([lines[0].strip()] + frames[::-1])] += 1
    return stacks


def table(stacks, each):
    places = collections.Counter()
    for stack, number in stacks.items():
        places[place(stack)] += number
    total = sum(places.values())
    heading("where that time goes, 4 KB end to end", "µs", "%")
    ranked = places.most_common()
    rest = sum(number for _, number in ranked[ROWS:])
    for words, number in ranked[:ROWS] + ([("all else", rest)] if rest else []):
        line(words, f"{each * number / total:.1f}", f"{100 * number / total:.1f}")
    line(f"all ({total:,} samples)", f"{each:.0f}", "100")


def place(stack):
    """The system call that was under way, or whose code ran."""
    if "do_syscall_64" in stack or "el0_svc" in stack:
        for frame in stack:
            if called := re.match(r"(?:__)?(?:x64_|arm64_|se_|do_|k)?sys_(\w+)", frame):
                return f"kernel: {called.group(1)}"
        return "kernel: all else"
    leaf = stack[-1]
    if any(frame.startswith(("asm_", "entry_SYSCALL", "ret_from_fork")) for frame in stack):
        return "kernel: all else"
    if re.search(r"malloc|calloc|realloc|free|swift_(slow)?(alloc|dealloc)|^unlink_chunk|tcache", leaf):
        return "memory asked for and given back"
    if leaf.startswith(("swift_", "_swift_", "__swift_", "_ZN5swift")):
        return "Swift's runtime: counts of references and the like"
    if leaf.startswith(("mem", "__mem", "str", "__str")):
        return "octets copied, compared and looked for"
    if leaf.startswith("sqlite3"):
        return "SQLite"
    if found := re.match(r"\$s(\d+)", leaf):
        begin = found.end()
        return leaf[begin:begin + int(found.group(1))]
    if leaf.startswith("$s"):
        return "Swift's library"
    return "all other libraries"
