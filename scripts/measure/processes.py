"""What the kernel knows of processes: time, memory, children."""

import glob
import os
import re


TICK = os.sysconf("SC_CLK_TCK")


def stat(path):
    with open(path) as f:
        return f.read().rsplit(")", 1)[1].split()


def children(parent):
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            if int(stat(path)[1]) == parent:
                found.append(int(path.split("/")[2]))
        except OSError:
            pass
    return found


def processor(pids):
    """Seconds of user and system time, children that have ended included."""
    total = 0
    for pid in pids:
        try:
            total += sum(int(field) for field in stat(f"/proc/{pid}/stat")[11:15])
        except OSError:
            pass
    return total / TICK


def pss(pids):
    """Proportional memory in MB."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
        except OSError:
            pass
    return total / 1024


def resident(pid):
    """Resident memory in MB."""
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"^VmRSS:\s+(\d+)", f.read(), re.M).group(1)) / 1024
