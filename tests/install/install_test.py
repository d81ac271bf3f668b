#!/usr/bin/python3
"""What cmake --install leaves is enough to build and run a program elsewhere."""

import glob
import os
import re
import subprocess
import unittest

from cohort_app import Case, run

HERE = os.path.dirname(os.path.abspath(__file__))
HEADERS = os.path.join(HERE, "..", "..", "src")
CMAKE = os.environ["COHORT_CMAKE"]
VERSION = os.environ["COHORT_VERSION"]


def configure(prefix, build, *more):
    flags = {"address": "-fsanitize=address,undefined", "thread": "-fsanitize=thread"}
    return subprocess.run(
        [
            CMAKE, "-S", os.path.join(HERE, "consumer"), "-B", build, "-G", os.environ["COHORT_GENERATOR"],
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={os.environ['COHORT_CXX']}",
            f"-DCMAKE_C_COMPILER={os.environ['COHORT_CC']}", "-DCMAKE_BUILD_TYPE=Debug",
            f"-DCMAKE_CXX_FLAGS={flags.get(os.environ['COHORT_SANITIZE'], '')}", *more,
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )


class Installed(Case):
    def setUp(self):
        super().setUp()
        self.prefix = self.path("prefix")
        subprocess.run(
            [CMAKE, "--install", os.environ["COHORT_BUILD"], "--prefix", self.prefix], check=True,
            stdout=subprocess.DEVNULL,
        )

    def test_another_project_finds_it_builds_with_it_and_runs(self):
        build = self.path("consumer")
        configured = configure(self.prefix, build)
        self.assertEqual(configured.returncode, 0, configured.stdout)
        built = subprocess.run(
            [CMAKE, "--build", build], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.assertEqual(built.returncode, 0, built.stdout)
        for ranks in (0, 1, 2):
            with self.subTest(ranks=ranks):
                done = run(app=os.path.join(build, "consumer"), ranks=ranks)
                self.assertEqual((done.status, done.out), (0, "0 1 4 9 16\n"), done.err)

    def test_a_version_that_may_differ_is_refused(self):
        newer = re.sub(r"^(\d+)\.(\d+)", lambda number: f"{number[1]}.{int(number[2]) + 1}", VERSION)
        configured = configure(self.prefix, self.path("consumer"), f"-DWANTED={newer}")
        self.assertNotEqual(configured.returncode, 0)
        self.assertIn("cohort", configured.stdout)

    def test_every_header_is_there_and_programs_run_from_where_they_are(self):
        def headers(root):
            found = glob.glob(os.path.join(root, "cohort", "**", "*.hpp"), recursive=True)
            return sorted(os.path.relpath(header, root) for header in found)

        self.assertEqual(headers(os.path.join(self.prefix, "include")), headers(HEADERS))
        if os.environ["COHORT_APPS_BUILT"] != "OFF":
            programs = glob.glob(os.path.join(self.prefix, "bin", "cohort-*"))
            self.assertTrue(programs)
            for program in programs:
                done = run("--version", app=program, ranks=0)
                self.assertEqual(done.status, 0, done.err)
                self.assertIn(VERSION, done.out)


if __name__ == "__main__":
    unittest.main()
