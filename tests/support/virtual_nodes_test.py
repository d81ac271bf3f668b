#!/usr/bin/python3
"""Virtual nodes are separate hosts to MPI, and nothing is left of them however they end."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from cohort_app import Case

HERE = os.path.dirname(os.path.abspath(__file__))
NODES = os.path.join(HERE, "virtual_nodes")
MISBEHAVING = os.environ["COHORT_MISBEHAVING"]
SKIPPED = 77


def start(folder, *arguments, path=None):
    """`folder` becomes the one for temporary files."""
    return subprocess.Popen(
        [sys.executable, NODES, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "TMPDIR": folder, "PATH": path or os.environ["PATH"]},
    )


def run(folder, *arguments, **how):
    process = start(folder, *arguments, **how)
    text = process.communicate()[0]
    return process.returncode, text


def wait_for(condition):
    end = time.monotonic() + 30
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("has not happened within 30 s")
        time.sleep(0.02)


def processes_with(word):
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                if entry.isdigit() and word.encode() in file.read():
                    found.append(int(entry))
        except OSError:
            pass
    return found


class Nodes(Case):
    def tearDown(self):
        self.assertEqual(os.listdir(self.folder), [])

    def test_each_has_a_name_and_its_ranks(self):
        show = "echo $(hostname) $OMPI_COMM_WORLD_RANK of $COHORT_VIRTUAL_NODES"
        status, text = run(self.folder, "--nodes", "3", "--ranks", "2", "--", "sh", "-c", show)
        self.assertEqual(status, 0, text)
        expected = [f"virtual{1 + rank // 2} {rank} of 3" for rank in range(6)]
        self.assertEqual(sorted(line for line in text.splitlines() if line.startswith("virtual")), sorted(expected))

    def test_the_status_is_that_of_the_command(self):
        self.assertEqual(run(self.folder, "--nodes", "2", "--ranks", "1", "--", "sh", "-c", "exit 7")[0], 7)

    def test_a_rank_that_fails_on_another_node_makes_the_run_fail(self):
        status, text = run(
            self.folder, "--nodes", "2", "--ranks", "1", "--", MISBEHAVING, "--gtest_filter=Ranks.OneFails")
        self.assertNotIn(status, (0, SKIPPED), text)
        self.assertIn("the rank that fails on purpose", text)

    def test_can_have_networks_of_their_own(self):
        show = "ip -color=never -4 -brief address show dev eth0"
        status, text = run(self.folder, "--network", "--nodes", "2", "--ranks", "1", "--", "sh", "-c", show)
        if status == SKIPPED:
            self.skipTest(text)
        self.assertEqual(status, 0, text)
        for node in (1, 2):
            self.assertIn(f"10.83.0.{node}/24", text)

    def test_end_when_told_to_and_leave_no_process(self):
        mark = f"9{os.getpid()}"  # seconds that nobody else sleeps
        process = start(self.folder, "--nodes", "2", "--ranks", "2", "--", "sleep", mark)
        wait_for(lambda: len([pid for pid in processes_with(mark) if pid != process.pid]) >= 5)  # mpirun and ranks
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertEqual(processes_with(mark) + processes_with(self.folder), [])

    def test_say_in_one_line_why_they_cannot_be_made(self):
        with tempfile.TemporaryDirectory() as tools:
            fake = os.path.join(tools, "unshare")
            with open(fake, "w", encoding="ascii") as file:
                file.write("#!/bin/sh\necho unshare failed: Operation not permitted >&2\nexit 1\n")
            os.chmod(fake, 0o700)
            path = tools + os.pathsep + os.environ["PATH"]
            status, text = run(self.folder, "--nodes", "2", "--ranks", "1", "--", "true", path=path)
        self.assertEqual(status, SKIPPED)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertIn("Operation not permitted", text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        status, text = run(folder, "--nodes", "1", "--ranks", "1", "--", "true")
    if status == SKIPPED:
        print(text, end="")
        sys.exit(SKIPPED)
    unittest.main()


if __name__ == "__main__":
    main()
