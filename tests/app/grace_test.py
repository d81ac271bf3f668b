"""A failed call that a rank does not leave ends the job: with the status of a failed task, and a word on who and why."""

import json
import unittest

import cohort_app
from cohort_app import Case, allowed, run


def ours(text):
    return [line for line in text.splitlines() if line.startswith("cohort-stubborn: ")]


def run_stubborn(ranks, *arguments, per_node=None):
    environment = {"COHORT_RANKS_PER_NODE": str(per_node)} if per_node else {}
    return run(*arguments, ranks=ranks, environment=environment)


class Grace(Case):
    def expect_named(self, done, deaf, where="rank {}"):
        self.assertEqual(done.status, 70, done.out + done.err)
        self.assertNotIn("done", done.out)
        self.assertTrue(ours(done.err), done.err)
        line = ours(done.err)[0]  # the first that noticed; another may have noticed before it was ended
        self.assertRegex(line, where.format(deaf))
        self.assertRegex(line, r"has not left (for_each|map) for [0-9.]+ s after")
        self.assertIn("context.stop_requested()", line)
        return line

    def test_names_the_rank_and_what_had_failed(self):
        for ranks, calls in {2: ["for_each", "map", "split"], 3: ["split"], 5: ["map"]}.items():
            for call in calls if allowed(ranks) else []:
                for fails, deaf in [(0, ranks - 1), (ranks - 1, 0)]:
                    with self.subTest(ranks=ranks, call=call, deaf=deaf):
                        done = run_stubborn(ranks, "--call", call, "--fails", fails, "--deaf", deaf)
                        line = self.expect_named(done, deaf, where=r"cohort-stubborn: rank {} \(\S+\) ")
                        self.assertRegex(line, rf"item \d+ failed on rank {fails} \(\S+\): gave up")
                        self.assertEqual(len(ours(done.err)), 1, done.err)

    def test_names_all_that_are_late(self):
        for ranks in allowed(3):
            done = run_stubborn(ranks, "--deaf", 1, 2)
            self.expect_named(done, "1, 2", where=r"cohort-stubborn: rank {} \(")

    def test_finds_the_rank_on_another_node(self):
        for ranks, layouts in {4: [1, 2], 5: [2]}.items():
            for per_node in layouts if allowed(ranks) else []:
                for fails, deaf in [(0, ranks - 1), (ranks - 1, 0), (1, 2)]:
                    with self.subTest(ranks=ranks, per_node=per_node, deaf=deaf):
                        done = run_stubborn(ranks, "--fails", fails, "--deaf", deaf, per_node=per_node)
                        self.expect_named(done, deaf, where=r"(rank {0} |one of ranks [0-9, ]*\b{0}\b)")

    def test_is_in_the_json_too(self):
        for ranks in allowed(2):
            done = run_stubborn(ranks, "--deaf", 1, "--json")
            self.assertEqual(done.status, 70)
            error = json.loads(done.out)["error"]
            self.assertEqual(error["kind"], "task")
            self.assertIn("rank 1", error["message"])

    def test_is_not_needed_where_tasks_ask(self):
        for ranks in allowed(2, 5):
            for call in ["for_each", "map", "shipped", "split"]:
                with self.subTest(ranks=ranks, call=call):
                    # A root in a task deals nothing, so there only itself can fail.
                    fails = 0 if call == "shipped" else ranks - 1
                    done = run_stubborn(ranks, "--call", call, "--fails", fails)
                    self.assertEqual(done.status, 70, done.err)
                    self.assertRegex(ours(done.err)[0], rf"cohort-stubborn: item \d+ failed on rank {fails} ")
                    self.assertEqual(len(ours(done.err)), 1, done.err)

    def test_alone_there_is_nobody_to_wait_for(self):
        done = cohort_app.run("--fails", 0)
        self.assertEqual(done.status, 70)
        self.assertRegex(ours(done.err)[-1], r"item 0 failed on rank 0 .*gave up")


if __name__ == "__main__":
    unittest.main(verbosity=2)
