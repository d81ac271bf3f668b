#!/usr/bin/python3
"""Runs a command; if it hangs, prints the stacks of all its processes, ends them and fails.

    run_with_stacks.py --timeout SECONDS -- COMMAND [ARGUMENT ...]

A test that hangs must say where, or the hang is seen once and never understood. CTest can only kill, so every test runs
under this. The exit status is the command's own (128 + n where signal n ended it), or 124 after a time-out. This
process adopts orphans of the command, so ranks whose mpiexec is gone are found, too; none outlives the test.
COHORT_GDB names the debugger, gdb unless told.
"""

import argparse
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time

TIMED_OUT = 124
SECONDS_FOR_A_STACK = 25
SECONDS_FOR_ALL_STACKS = 60
LAUNCHERS = {"mpiexec", "mpirun", "orterun", "prterun", "orted", "prted", "mpiexec.mpich", "hydra_pmi_proxy", "gdb"}

libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def end_with_parent():
    """In the child: dies when this process does, however that ends; and may be looked at by a sibling debugger."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def parent_and_state(pid):
    # The name, in parentheses, may hold anything.
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return (int(fields[1]), fields[0].decode()) if len(fields) > 1 else (0, "X")


def descendants(root):
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            parent, state = parent_and_state(entry)
            if state not in "ZX":
                children.setdefault(parent, []).append(int(entry))
    found, open_ends = [], [root]
    while open_ends:
        below = children.get(open_ends.pop(), [])
        found += below
        open_ends += below
    return sorted(found)


def rank_of(pid):
    variables = dict(
        item.split(b"=", 1) for item in read(f"/proc/{pid}/environ").split(b"\0") if b"=" in item
    )
    for name in (b"OMPI_COMM_WORLD_RANK", b"PMIX_RANK", b"PMI_RANK", b"SLURM_PROCID"):
        if name in variables:
            return variables[name].decode()
    return None


def program_of(pid):
    words = read(f"/proc/{pid}/cmdline").split(b"\0")
    return os.path.basename(words[0].decode(errors="replace")) if words else "?"


def say(text):
    print(text, flush=True)


def print_stack(gdb, pid):
    command = [gdb, "-nx", "-q", "-batch", "-p", str(pid), "-ex", "set pagination off", "-ex", "thread apply all bt 40"]
    command[1:1] = ["-iex", "set debuginfod enabled off"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=SECONDS_FOR_A_STACK, text=True, errors="replace",
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith(("#", "Thread", "ptrace", "Could not"))]
        say("\n".join(lines) if lines else done.stdout)
    except subprocess.TimeoutExpired:
        say(f"  gdb took more than {SECONDS_FOR_A_STACK} s")


def print_kernel_view(pid):
    """What can be had without a debugger: what each thread waits for in the kernel."""
    for thread in sorted(os.listdir(f"/proc/{pid}/task") if os.path.isdir(f"/proc/{pid}/task") else []):
        _, state = parent_and_state(f"{pid}/task/{thread}")
        wait = read(f"/proc/{pid}/task/{thread}/wchan").decode(errors="replace") or "-"
        say(f"  thread {thread}: state {state}, in the kernel at {wait}")


def print_stacks():
    processes = [pid for pid in descendants(os.getpid()) if program_of(pid) not in LAUNCHERS]
    ranks = [pid for pid in processes if rank_of(pid) is not None]
    gdb = shutil.which(os.environ.get("COHORT_GDB", "gdb"))
    if not gdb:
        say("gdb is not installed (stacks would show where the ranks hang); apt-get install gdb")
    deadline = time.monotonic() + SECONDS_FOR_ALL_STACKS
    for pid in ranks or processes:
        rank = rank_of(pid)
        say(f"--- stack of {'rank ' + rank if rank is not None else 'process'}: {program_of(pid)}, pid {pid}")
        if gdb and time.monotonic() < deadline:
            print_stack(gdb, pid)
        else:
            print_kernel_view(pid)


def end_all():
    """TERM lets mpiexec tidy up its folders; KILL ends what does not listen."""
    for number, seconds in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)):
        end = time.monotonic() + seconds
        pids = descendants(os.getpid())
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        while descendants(os.getpid()) and time.monotonic() < end:
            reap()
            time.sleep(0.02)
    reap()


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def status_of(code):
    return code if code >= 0 else 128 - code


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    def stop(number, _frame):
        end_all()
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        child = subprocess.Popen(options.command, stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)
    except OSError as error:
        say(f"cannot run {options.command[0]} ({error.strerror}); build it first")
        return 127
    try:
        return status_of(child.wait(options.timeout))
    except subprocess.TimeoutExpired:
        say(f"\n=== still running after {options.timeout:g} s, which counts as hanging: {' '.join(options.command)}")
        print_stacks()
        return TIMED_OUT
    finally:
        end_all()


if __name__ == "__main__":
    sys.exit(main())
