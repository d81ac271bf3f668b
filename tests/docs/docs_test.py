#!/usr/bin/python3
"""What the pages show works, in C++ and in Python, and what they name is there."""

import glob
import importlib.util
import os
import re
import subprocess
import sys
import unittest

import cohort_app
from cohort_app import Case
from snippets import blocks, is_program, name_of

BUILD = os.environ["COHORT_DOCS_BUILD"]
ROOT = os.environ["COHORT_ROOT"]
PAGES = [path for path in (os.path.join(ROOT, "README.md"), *sorted(glob.glob(f"{ROOT}/docs/*.md"))) if os.path.exists(path)]


def next_block(page, block):
    """The block that follows, if it is an output."""
    following = [other for other in blocks(page) if other.line > block.line]
    return following[0] if following and following[0].language == "text" else None


class Pages(Case):
    def answer(self, program):
        done = cohort_app.run(app=os.path.join(BUILD, program), folder=self.folder)
        self.assertEqual(done.status, 0, done.out + done.err)
        return done.out

    def test_snippets_run(self):
        ran = re.findall(r"^== (\S+)$", self.answer("docs_snippets"), re.M)
        there = [
            f"{os.path.basename(page)}:{block.line}"
            for page in PAGES
            for block in blocks(page)
            if block.language == "cpp" and not is_program(block)
        ]
        self.assertCountEqual(ran, there)

    def test_programs_print_what_the_page_says(self):
        for page in PAGES:
            for block in filter(is_program, blocks(page)):
                with self.subTest(page=page, line=block.line):
                    output = next_block(page, block)
                    self.assertIsNotNone(output, "no output is shown")
                    self.assertEqual(self.answer(f"docs_{name_of(page, block)}"), output.text)

    @unittest.skipIf(cohort_app.RANKS, "has no ranks")
    @unittest.skipUnless(importlib.util.find_spec("joblib"), "joblib is not installed")
    def test_python_beside_it_runs(self):
        for page in PAGES:
            script = "".join(block.text for block in blocks(page) if block.language == "python")
            with self.subTest(page=page):
                path = self.path("snippets.py")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(script)
                done = subprocess.run(
                    [sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder
                )
                self.assertEqual(done.returncode, 0, done.stdout)

    @unittest.skipIf(cohort_app.RANKS, "has no ranks")
    def test_links_lead_somewhere(self):
        for page in PAGES:
            with open(page, encoding="utf-8") as file:
                text = re.sub(r"^```.*?^```", "", file.read(), flags=re.M | re.S)
            links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
            for link in links:
                with self.subTest(page=page, link=link):
                    self.assertTrue(os.path.exists(os.path.join(os.path.dirname(page), link)))


if __name__ == "__main__":
    unittest.main()
