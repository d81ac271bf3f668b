"""For tests of programs end to end, as cohort_add_app_test runs them.

    import unittest
    from cohort_app import Case, run, run_json

    class Julia(Case):
        def test_the_books_picture_has_the_books_sum(self):
            self.assertEqual(run_json("--size", "1000x1000")["sum"], "33219980")

    if __name__ == "__main__":
        unittest.main()

Nothing here has a time limit of its own: the watch around every test prints stacks before it ends a run that hangs.
"""

import json
import os
import subprocess
import tempfile
import unittest
from collections import namedtuple

APP = os.environ.get("COHORT_APP")  # the program under test
APPS = os.environ.get("COHORT_APPS")  # the folder of all programs
MPIEXEC = os.environ.get("COHORT_MPIEXEC", "mpiexec")
RANKS = int(os.environ.get("COHORT_RANKS", "0"))  # of this run; 0: no mpiexec
WITHOUT = os.environ.get("COHORT_WITHOUT", "").split()  # tests about another MPI than this, or that have their own run

Finished = namedtuple("Finished", "status out err")


def allowed(*ranks):
    """Those of the numbers of ranks that this build runs tests on; a checker's build limits them."""
    limit = [int(word) for word in os.environ.get("COHORT_TEST_RANKS", "").split()]
    return [count for count in ranks if not limit or count in limit or count == 0]


def command(*arguments, app=None, ranks=None):
    """The words that start the program on so many ranks; 0 starts it without mpiexec."""
    ranks = RANKS if ranks is None else ranks
    launcher = [MPIEXEC, "-n", str(ranks)] if ranks else []
    return launcher + [app or APP] + [str(argument) for argument in arguments]


def run(*arguments, app=None, ranks=None, stdin=None, environment=None, folder=None):
    """Runs the program to its end. `stdin` is text, nothing by default."""
    done = subprocess.run(
        command(*arguments, app=app, ranks=ranks), input="" if stdin is None else stdin, text=True, cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})},
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def run_json(*arguments, **how):
    """Runs the program with --json; fails unless it ends with 0 and prints exactly one object."""
    done = run(*arguments, "--json", **how)
    if done.status != 0:
        raise AssertionError(f"exit status {done.status} of {command(*arguments)}:\n{done.out}{done.err}")
    try:
        return json.loads(done.out)
    except ValueError as error:
        raise AssertionError(f"not one JSON object ({error}):\n{done.out}") from error


class Case(unittest.TestCase):
    """A test with a folder of its own, self.folder, that is removed afterwards."""

    maxDiff = None

    def setUp(self):
        if self._testMethodName in WITHOUT:
            self.skipTest("left out by COHORT_WITHOUT")
        folder = tempfile.TemporaryDirectory(prefix="cohort-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)
