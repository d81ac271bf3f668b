"""With a small /dev/shm, as in containers, there is an error and no SIGBUS: a team either comes up or says why not.

Runs a test program in a mount namespace of its own whose /dev/shm holds few bytes. Needs the right to mount.
"""
import os
import subprocess
import sys

SKIPPED = 77
mpiexec, program = sys.argv[1:3]


def run(size, test):
    script = f'mount -t tmpfs -o size={size} tmpfs /dev/shm && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", mpiexec, "--mca", "btl", "tcp,self", "-n", "2", program,
               f"--gtest_filter={test}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


try:
    allowed = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"], capture_output=True).returncode == 0
except FileNotFoundError:
    allowed = False
if not allowed:
    print("skipped: this user may not mount")
    sys.exit(SKIPPED)

tiny = run("64k", "Counter.*")
print(tiny.stdout, tiny.stderr)
assert tiny.returncode not in (0, -7, 135), f"exit status {tiny.returncode}: expected an error, not success or SIGBUS"
assert "cannot share" in tiny.stdout + tiny.stderr and "/dev/shm" in tiny.stdout + tiny.stderr

enough = run("64m", "Counter.*:SharedArray.RefusesWhatNoMachineHas")
print(enough.stdout, enough.stderr)
assert enough.returncode == 0, f"exit status {enough.returncode}: 64 MiB should do"
