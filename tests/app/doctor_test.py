#!/usr/bin/python3
"""--doctor in every program: without its own arguments, alone and on ranks, as text and as JSON."""

import glob
import os
import re
import unittest

import cohort_app
from cohort_app import Case, allowed, run, run_json

PROGRAMS = [cohort_app.APP, *sorted(path for path in glob.glob(f"{cohort_app.APPS}/cohort-*") if os.access(path, os.X_OK))]
FINDINGS = ["MPI", "transport", "thread level", "nodes", "message in a node", "message between nodes", "claim",
            "batch from afar", "batch from a busy root", "binding", "ranks and cores", "CPU quota", "memory",
            "shared memory", "instruction sets", "clock", "output folder"]
VERDICTS = ["none", "good", "warning", "bad"]


class Doctor(Case):
    def findings(self, *arguments, **how):
        answer = run_json(*arguments, "--doctor", **how)
        self.assertEqual(list(answer)[-2:], ["verdict", "findings"])
        for finding in answer["findings"]:
            self.assertEqual(list(finding)[:4], ["name", "value", "verdict", "advice"])
            self.assertIn(list(finding)[4:], [[], ["figure", "unit"]])
            self.assertIn(finding["verdict"], VERDICTS)
            self.assertTrue(finding["advice"] or finding["verdict"] in ["none", "good"], finding)
        found = {finding["name"]: finding for finding in answer["findings"]}
        self.assertEqual(list(found), FINDINGS)
        worst = max((finding["verdict"] for finding in found.values()), key=VERDICTS.index)
        self.assertEqual(answer["verdict"], worst)
        return answer, found

    def test_every_program_has_it_as_text(self):
        for program in PROGRAMS:
            with self.subTest(program):
                done = run("--doctor", app=program)
                self.assertEqual((done.status, done.err), (0, ""))
                lines = done.out.splitlines()
                for name in FINDINGS:
                    found = [line for line in lines if re.match(rf"(-|good|warning|bad) +{re.escape(name)}  +\S", line)]
                    self.assertEqual(len(found), 1, done.out)
                self.assertRegex(lines[-1], r"^\d+ good, \d+ warnings?, \d+ bad$")

    def test_every_program_has_it_as_json_alone_and_on_ranks(self):
        for program in PROGRAMS:
            for ranks in [1, *allowed(2)]:
                with self.subTest(program, ranks=ranks):
                    answer, found = self.findings("-j", ranks, app=program)
                    self.assertEqual((answer["app"], answer["ranks"]), (os.path.basename(program).replace("_", "-"), ranks))
                    self.assertEqual("figure" in found["message in a node"], ranks > 1)

    def test_is_told_once_under_a_launcher(self):
        ranks = allowed(3, 2)[0]
        done = run("--doctor", ranks=ranks)
        self.assertEqual((done.status, done.out.count("message in a node"), done.err), (0, 1, ""))

    def test_leaves_out_the_work_and_what_the_work_would_refuse(self):
        done = run("--doctor", "--count", 13)
        self.assertEqual((done.status, done.out.count("output folder")), (0, 1))
        self.assertNotIn("ranks, 0 bytes", done.out)

    def test_takes_the_arguments_of_a_run(self):
        primes = f"{cohort_app.APPS}/cohort-primes"
        if primes not in PROGRAMS:
            self.skipTest("cohort-primes is not built")
        for arguments in [[], ["count"], ["count", "1e3"], ["nth"]]:
            self.assertEqual(run("--doctor", *arguments, app=primes).status, 0, arguments)
        self.assertEqual(run("--doctor", "cuont", app=primes).status, 2)

    def test_finds_ranks_that_share_a_core(self):
        for ranks in allowed(2):
            core = min(os.sched_getaffinity(0))
            _, found = self.findings("-c", core, cohort_app.APP, "-j", ranks, app="taskset")
            self.assertEqual(found["binding"]["verdict"], "bad")
            self.assertRegex(found["binding"]["value"], rf"^ranks 0-1 of \S+ share core {core}$")
            self.assertEqual(found["ranks and cores"]["figure"], 2)

    def test_examines_the_folder_of_the_output_and_writes_nothing(self):
        _, found = self.findings("--output", self.path("a.h5"))
        self.assertTrue(found["output folder"]["value"].startswith(f"{self.folder} ("), found)
        self.assertEqual(os.listdir(self.folder), [])
        answer, found = self.findings("--output", "/nowhere/a.h5")
        self.assertEqual((found["output folder"]["verdict"], answer["verdict"]), ("bad", "bad"))

    def test_help_lists_it(self):
        for program in PROGRAMS:
            self.assertIn("--doctor", run("--help", app=program).out)


if __name__ == "__main__":
    unittest.main()
