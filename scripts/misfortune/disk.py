"""A disk whose power can be cut."""

import fcntl
import os
import struct
import subprocess
import time

MEGABYTE = 1 << 20
IMAGE_MEGABYTES = 3000
EXT4_IOC_SHUTDOWN = 0x8004587D
SHUTDOWN_WITHOUT_FLUSH = 2


class Disk:
    """An ext4 in a loop file, whose power can be cut."""

    def __init__(self, folder):
        self.image = os.path.join(folder, "disk")
        self.place = os.path.join(folder, "data")
        self.ballast = os.path.join(self.place, "ballast")
        os.makedirs(self.place)
        with open(self.image, "wb") as f:
            f.truncate(IMAGE_MEGABYTES * MEGABYTE)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", self.image], check=True)
        self.mount()

    def mount(self):
        subprocess.run(["mount", "-o", "loop", self.image, self.place], check=True)

    def unmount(self):
        for _ in range(100):
            if subprocess.run(["umount", self.place], stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("the disk stays busy")

    def check(self):
        subprocess.run(["e2fsck", "-p", self.image], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def fill(self):
        handle = os.open(self.ballast, os.O_WRONLY | os.O_CREAT, 0o600)
        piece, at = 512 * MEGABYTE, 0
        while piece >= 4096:
            try:
                os.posix_fallocate(handle, at, piece)
                at += piece
            except OSError:
                piece //= 2
        os.close(handle)

    def empty(self):
        os.unlink(self.ballast)

    def cut_power(self):
        """Nothing reaches the disk from here on; what was not synced is gone after the mount."""
        handle = os.open(self.place, os.O_RDONLY)
        fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", SHUTDOWN_WITHOUT_FLUSH))
        os.close(handle)

    def abort(self):
        """What the kernel does to a file system after an error: read-only, unsynced work lost."""
        subprocess.run(["mount", "-o", "remount,abort", self.place], stderr=subprocess.DEVNULL)

    def remount(self, mode):
        return subprocess.run(
            ["mount", "-o", f"remount,{mode}", self.place], stderr=subprocess.DEVNULL).returncode == 0
