"""Whatever is killed of a run, and although the same program starts again at once: its outputs are whole and right.

The first run's ranks that are left live on for a second or two, and must not write into what the next run writes.
COHORT_KILLS is the number of kills, over all programs in turn; COHORT_SEED chooses their moments.
"""

import collections
import concurrent.futures
import hashlib
import itertools
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest

import h5py

from cohort_app import APP, APPS, MPIEXEC

KILLS = int(os.environ.get("COHORT_KILLS", "0"))
SEED = int(os.environ.get("COHORT_SEED", "0")) or random.randrange(1 << 30)
WORKERS = int(os.environ.get("COHORT_WORKERS", "6"))  # kills at a time, for runs mostly wait
RANKS = 3
REFUSED = 74

# What runs, its output files, and how long it goes on writing, in seconds. The sample's tasks are slow the first time only, for
# that is when they are late.
Program = collections.namedtuple("Program", "words again outputs seconds")


def app(name, words, outputs, seconds):
    words = [os.path.join(APPS, name), *words.split()]
    return Program(words, words, outputs, seconds)


PROGRAMS = {
    "sample": Program([APP, "late", "a.h5", "400000", "0.4"], [APP, "late", "a.h5", "400000", "0.04"], ["a.h5"], 1),
    "primes": app("cohort-primes", "list 1e9 1.6e9 --output a.h5 --quiet", ["a.h5"], 0.4),
    "julia": app("cohort-julia", "--size 3000x3000 --output a.h5 --png a.png --quiet", ["a.h5", "a.png"], 0.5),
    "smooth": app("cohort-julia", "--size 3000x2000 --compress 6 --smooth --output a.h5 --quiet", ["a.h5"], 0.5),
    "plain": app("cohort-julia", "--size 3000x3000 --compress 0 --output a.h5 --quiet", ["a.h5"], 0.5),
    "pi": app("cohort-pi", "--darts 2e9 --output a.h5 --quiet", ["a.h5"], 0.5),
}
VICTIMS = ["root", "first", "last", "launcher", "all"]


def contents(folder, outputs):
    """What is in the files, as digests."""
    digests = {}
    for name in outputs:
        path = os.path.join(folder, name)
        if name.endswith(".h5"):
            with h5py.File(path, "r") as file:
                file.visititems(lambda at, item: digests.update(
                    {f"{name} {at}": hashlib.sha256(item[...].tobytes()).hexdigest()} if isinstance(item, h5py.Dataset) else {}))
        else:
            with open(path, "rb") as file:
                digests[name] = hashlib.sha256(file.read()).hexdigest()
    return digests


def launched(words):
    return [MPIEXEC, "-n", str(RANKS), *words]


def descendants(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = [int(word) for word in file.read().split()]
    except OSError:
        children = []
    return [*children, *(below for child in children for below in descendants(child))]


def processes_of(launcher):
    """The launcher and the daemons that it started, and the processes of the ranks below, by rank."""
    daemons, ranks = [launcher], {}
    for pid in descendants(launcher):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                variables = dict(variable.partition(b"=")[::2] for variable in file.read().split(b"\0"))
        except OSError:
            continue
        rank = variables.get(b"OMPI_COMM_WORLD_RANK", variables.get(b"PMI_RANK"))
        if rank is None:
            daemons.append(pid)
        else:
            ranks[int(rank)] = pid
    return daemons, ranks


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class watched:
    """When the unfinished files of a folder were written to last, whoever removes them meanwhile."""

    def __init__(self, folder):
        self.files = []
        self.first = None
        for name in sorted(os.listdir(folder)):
            if name.startswith(".") and name.endswith(".part"):
                try:
                    self.files.append(os.open(os.path.join(folder, name), os.O_RDONLY))
                except FileNotFoundError:
                    pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for file in self.files:
            os.close(file)

    def again(self):
        return [os.fstat(file).st_mtime_ns for file in self.files]

    def look(self):
        """The first time, soon: what was begun before a kill may still end."""
        if self.first is None:
            time.sleep(0.2)
            self.first = self.again()


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain")
        time.sleep(0.005)


class Kills(unittest.TestCase):
    """One kill: of whom, of which program's run, and when."""

    def killed(self, name, victim, moment):
        """Whether something was killed while a file was being written."""
        program = PROGRAMS[name]
        with tempfile.TemporaryDirectory(prefix="cohort-kills-") as folder:
            first = subprocess.Popen(launched(program.words), cwd=folder, start_new_session=True,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            ranks = {}
            try:
                until(lambda: os.listdir(folder) or first.poll() is not None)
                launchers, ranks = processes_of(first.pid)
                time.sleep(moment * program.seconds)
                in_time = len(ranks) == RANKS and any(entry.startswith(".") for entry in os.listdir(folder))
                victims = {"root": [0], "first": [1], "last": [RANKS - 1], "launcher": [], "all": range(RANKS)}[victim]
                doomed = [ranks[rank] for rank in victims if rank in ranks]
                if victim in ("launcher", "all"):
                    doomed = launchers + doomed
                with watched(folder) as written:
                    for pid in doomed:
                        kill(pid)
                    self.restarted(program, folder, victim, ranks, written)
                    first.wait()
                    until(lambda: not any(map(is_there, ranks.values())))
                    # Not before all that might have written is gone.
                    self.assertEqual(contents(folder, program.outputs), self.undisturbed(name))
                    # Other programs may have been about to complete their file.
                    if name == "sample" and victim in ("root", "launcher"):
                        self.assertEqual(written.again(), written.first, "ranks went on writing")
                self.assertEqual(sorted(os.listdir(folder)), program.outputs)
                return in_time
            except BaseException:
                for pid in (first.pid, *ranks.values()):
                    kill(pid)
                first.wait()
                raise

    def restarted(self, program, folder, victim, ranks, written):
        """Runs the program again, to a good end. Only a root that lives on may keep it waiting."""
        while True:
            again = subprocess.Popen(launched(program.again), cwd=folder, text=True, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE)
            written.look()
            error = again.communicate()[1]
            if again.returncode != REFUSED:
                self.assertEqual(again.returncode, 0, error)
                return
            self.assertIn("another run is writing it", error)
            self.assertNotIn(victim, ("root", "all"), error)
            until(lambda: not is_there(ranks[0]))

    def undisturbed(self, name):
        return self.expected[name].result()

    def run_once(self, name):
        with tempfile.TemporaryDirectory(prefix="cohort-kills-") as folder:
            subprocess.run(PROGRAMS[name].again, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            return contents(folder, PROGRAMS[name].outputs)

    def test_outputs_are_whole_and_right(self):
        moments = random.Random(SEED)
        cases = [("sample", "root"), ("sample", "last"), ("sample", "launcher"), ("primes", "root"), ("primes", "all")]
        if KILLS:
            cases = itertools.islice(itertools.cycle(itertools.product(PROGRAMS, VICTIMS)), KILLS)
        cases = [(name, victim, moments.random()) for name, victim in cases if os.path.exists(PROGRAMS[name].words[0])]
        in_time = collections.Counter()
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            self.expected = {name: pool.submit(self.run_once, name) for name in {case[0] for case in cases}}
            kills = {case: pool.submit(self.killed, *case) for case in cases}
            for case, kill_of in kills.items():
                with self.subTest(case=case, seed=SEED):
                    in_time[case[0]] += kill_of.result()
        print(f"killed while it wrote: {dict(in_time)} of {len(cases)}")
        self.assertGreater(in_time["sample"], 0)


if __name__ == "__main__":
    unittest.main()
