#!/usr/bin/python3
"""The test bench tested: a failing rank never passes, and a hang ends with stacks."""

import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

from cohort_app import Case, MPIEXEC

WATCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_with_stacks.py")
MISBEHAVING = os.environ["COHORT_MISBEHAVING"]


def run(*command, timeout=60, environment=None):
    done = subprocess.run(
        [sys.executable, WATCH, "--timeout", str(timeout), "--", *command], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, env={**os.environ, **(environment or {})},
    )
    return done.returncode, done.stdout


def run_ranks(test, *more, ranks=2, **how):
    return run(MPIEXEC, "-n", str(ranks), MISBEHAVING, f"--gtest_filter={test}", *more, **how)


class Ranks(Case):
    def test_passes_when_all_ranks_pass_and_prints_once(self):
        status, text = run_ranks("Ranks.AllPass")
        self.assertEqual(status, 0, text)
        self.assertEqual(text.count("[  PASSED  ] 1 test"), 1, text)

    def test_a_skipped_test_is_no_failure(self):
        self.assertEqual(run_ranks("Ranks.AllSkip")[0], 0)

    def test_a_rank_other_than_0_that_fails_makes_the_run_fail_and_is_named(self):
        status, text = run_ranks("Ranks.OneFails")
        self.assertNotIn(status, (0, 124), text)
        self.assertIn("[rank 1] Ranks.OneFails", text)
        self.assertIn("the rank that fails on purpose", text)

    def test_a_rank_that_throws_makes_the_run_fail_and_is_named(self):
        status, text = run_ranks("Ranks.OneThrows")
        self.assertNotIn(status, (0, 124), text)
        self.assertIn("[rank 1] Ranks.OneThrows", text)
        self.assertIn("thrown on purpose", text)

    def test_a_rank_that_leaves_with_success_makes_the_run_fail(self):
        self.assertNotEqual(run_ranks("Ranks.OneLeavesWithSuccess", timeout=20)[0], 0)

    def test_a_filter_that_leaves_no_test_makes_the_run_fail(self):
        status, text = run_ranks("Ranks.NoSuchTest")
        self.assertNotEqual(status, 0)
        self.assertIn("no test was run", text)

    def test_each_rank_writes_a_result_file_of_its_own(self):
        status, text = run_ranks("Ranks.AllPass", "--gtest_output=xml:" + self.path("out.xml"))
        self.assertEqual(status, 0, text)
        self.assertEqual(sorted(os.listdir(self.folder)), ["out.rank0.xml", "out.rank1.xml"])
        environment = {"GTEST_OUTPUT": "xml:" + self.path("again.xml")}
        status, text = run_ranks("Ranks.AllPass", environment=environment)
        self.assertEqual(status, 0, text)
        self.assertTrue(os.path.exists(self.path("again.rank1.xml")))


@unittest.skipUnless(os.environ.get("COHORT_SANITIZE") == "address", "not a build with AddressSanitizer")
class Checkers(Case):
    def test_a_leak_on_one_rank_makes_the_run_fail(self):
        status, text = run_ranks("Ranks.OneLeaks")
        self.assertNotIn(status, (0, 124), text)
        self.assertIn("LeakSanitizer", text)

    def test_undefined_behaviour_on_one_rank_makes_the_run_fail(self):
        status, text = run_ranks("Ranks.OneOverflows")
        self.assertNotIn(status, (0, 124), text)
        self.assertIn("signed integer overflow", text)


class Watch(Case):
    def test_passes_the_exit_status_on(self):
        for command, status in ((["true"], 0), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137)):
            with self.subTest(command=command):
                self.assertEqual(run(*command)[0], status)

    def test_a_command_that_is_not_there_fails(self):
        status, text = run(self.path("no-such-program"))
        self.assertEqual(status, 127)
        self.assertIn("cannot run", text)

    @unittest.skipUnless(shutil.which("gdb"), "gdb is not installed")
    def test_a_hang_ends_with_the_stack_of_every_rank(self):
        status, text = run_ranks("Ranks.OneHangs", timeout=3)
        self.assertEqual(status, 124, text)
        for rank in ("rank 0", "rank 1"):
            self.assertIn(f"--- stack of {rank}:", text)
        if "ptrace: Operation not permitted" not in text:
            self.assertIn("sleeps_for_ever", text)
            self.assertIn("MPI_Barrier", text)

    def test_a_hang_ends_without_gdb_too(self):
        status, text = run_ranks("Ranks.OneHangs", timeout=3, environment={"COHORT_GDB": self.path("gdb")})
        self.assertEqual(status, 124, text)
        self.assertIn("gdb is not installed", text)
        self.assertIn("--- stack of rank 1:", text)
        self.assertIn("in the kernel at", text)

    def test_nothing_outlives_a_hang(self):
        mark = self.path("mark")
        status, _ = run("sh", "-c", f"sleep 987 & sleep 987 & echo $! > {mark}; wait", timeout=1)
        self.assertEqual(status, 124)
        with open(mark, encoding="ascii") as file:
            self.assertFalse(os.path.exists(f"/proc/{int(file.read())}"))

    def test_when_the_watch_is_told_to_stop_its_command_stops(self):
        mark = self.path("mark")
        watch = subprocess.Popen(
            [sys.executable, WATCH, "--timeout", "60", "--", "sh", "-c", f"echo $$ > {mark}; exec sleep 987"]
        )
        end = time.monotonic() + 20
        while time.monotonic() < end and not (os.path.exists(mark) and os.path.getsize(mark)):
            time.sleep(0.02)
        watch.send_signal(signal.SIGTERM)
        self.assertEqual(watch.wait(), 128 + signal.SIGTERM)
        with open(mark, encoding="ascii") as file:
            self.assertFalse(os.path.exists(f"/proc/{int(file.read())}"))


if __name__ == "__main__":
    unittest.main()
