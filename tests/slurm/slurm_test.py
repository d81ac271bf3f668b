#!/usr/bin/python3
"""The batch scripts, on a Slurm of this machine alone. Ends with 77, skipped, where Slurm is not installed."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from cohort_app import Case

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SLURM = os.path.join(ROOT, "slurm")
INTERRUPTED = os.environ["COHORT_INTERRUPTED"]
SKIPPED = 77
NODES = 2


def free_ports(count):
    """The first of so many consecutive ports that nobody listens on."""
    for first in range(20000 + os.getpid() % 10000, 40000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise RuntimeError("no free ports")


def environment_of(folder):
    """The variables that slurm/local-up tells to set."""
    text = subprocess.run(
        ["bash", "-c", f". '{folder}/env' && env -0"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)


def setUpModule():
    global slurm, environment
    slurm = tempfile.mkdtemp(prefix="cohort-slurm-")
    unittest.addModuleCleanup(shutil.rmtree, slurm, ignore_errors=True)
    unittest.addModuleCleanup(subprocess.run, [os.path.join(SLURM, "local-down"), slurm], check=True)
    subprocess.run(
        [os.path.join(SLURM, "local-up"), slurm, str(NODES), "2"], check=True,
        env={**os.environ, "COHORT_SLURM_PORT": str(free_ports(NODES + 1))},
    )
    environment = {**environment_of(slurm), "COHORT": ROOT}


def slurm_says(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True).stdout.strip()


class BatchScripts(Case):
    def submit(self, script, *arguments, launcher, options=()):
        for name in ("out", "err"):  # which a job that is run again appends to
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        submitted = subprocess.run(
            ["sbatch", "--parsable", "--ntasks=4", "--output=out", "--error=err", *options, script, *arguments],
            cwd=self.folder, env={**environment, "COHORT_LAUNCHER": launcher}, stdout=subprocess.PIPE, text=True,
            check=True,
        )
        return submitted.stdout.strip()

    def wait_for(self, job):
        """Waits until the job has ended; returns its state and its times of being put back into the queue."""
        while slurm_says("squeue", "-h", "-j", job, "-t", "PD,R,CG,S,CF"):
            time.sleep(0.2)
        shown = dict(
            word.split("=", 1) for word in slurm_says("scontrol", "-o", "show", "job", job).split() if "=" in word
        )
        return shown["JobState"], int(shown["Restarts"])

    def text(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def run_job(self, script, *arguments, launcher):
        job = self.submit(script, *arguments, launcher=launcher)
        state, _ = self.wait_for(job)
        self.assertEqual(state, "COMPLETED", self.text("out") + self.text("err"))
        return json.loads(self.text("out"))

    def test_each_program_runs_on_two_nodes_with_either_launcher(self):
        jobs = (
            ("pi.sbatch", ["--darts", "1e6", "--json"], {"darts": "1000000", "ranks": 4}),
            ("primes.sbatch", ["count", "100000000", "100010000", "--json"], {"count": "551", "ranks": 4}),
            ("julia.sbatch", ["--size", "100x100", "--output", "julia.h5", "--json"], {"sum": "334236", "ranks": 4}),
        )
        for script, arguments, known in jobs:
            for launcher in ("srun", "mpirun"):
                with self.subTest(script=script, launcher=launcher):
                    path = os.path.join(SLURM, script)
                    answer = self.run_job(path, *arguments, "--force", launcher=launcher)
                    self.assertEqual({key: str(answer[key]) for key in known}, {k: str(v) for k, v in known.items()})
        self.assertTrue(os.path.exists(self.path("julia.h5")))

    def script_of(self, program):
        """A batch script for a program of ours."""
        path = self.path("job.sbatch")
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                "#!/bin/bash\n#SBATCH --time=5 --requeue --open-mode=append --signal=B:USR1@60\n"
                f'exec "{SLURM}/launch" "{program}" "$@"\n'
            )
        return path

    def interrupt_when_running(self, job):
        while "working" not in (self.text("out") if os.path.exists(self.path("out")) else ""):
            time.sleep(0.1)
        slurm_says("scancel", "--signal=USR1", "--batch", job)

    def test_a_job_that_is_interrupted_is_run_again(self):
        for launcher in ("srun", "mpirun"):
            with self.subTest(launcher=launcher):
                job = self.submit(self.script_of(INTERRUPTED), launcher=launcher)
                self.interrupt_when_running(job)
                self.assertEqual(self.wait_for(job), ("COMPLETED", 1), self.text("out") + self.text("err"))
                self.assertIn("putting job", self.text("err"))
                self.assertIn("the second time", self.text("out"))

    def test_a_job_is_not_put_back_more_often_than_allowed(self):
        environment["COHORT_REQUEUES"] = "0"
        self.addCleanup(environment.pop, "COHORT_REQUEUES")
        job = self.submit(self.script_of(INTERRUPTED), launcher="srun")
        self.interrupt_when_running(job)
        self.assertEqual(self.wait_for(job), ("FAILED", 0), self.text("err"))
        self.assertIn("ExitCode=75:0", slurm_says("scontrol", "-o", "show", "job", job))

    def test_a_failure_is_the_status_of_the_job(self):
        job = self.submit(os.path.join(SLURM, "primes.sbatch"), "count", "nonsense", launcher="srun")
        self.assertEqual(self.wait_for(job), ("FAILED", 0))
        self.assertIn("ExitCode=2:0", slurm_says("scontrol", "-o", "show", "job", job))
        self.assertIn("cohort-primes: nonsense", self.text("err"))


if __name__ == "__main__":
    lacking = [program for program in ("slurmctld", "slurmd", "munged", "srun", "unshare") if not shutil.which(program)]
    if lacking or os.geteuid() != 0:
        print("skipped:", f"{', '.join(lacking)} not installed" if lacking else "a local Slurm needs root")
        sys.exit(SKIPPED)
    unittest.main()
