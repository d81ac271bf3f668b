"""The programs on several nodes: they write and print what they do alone, and end as they do alone.

Between nodes there are only messages, so here is what they carry then: input that the root reads, lines that it prints, where
in a file a rank writes, rounds, the end of a search, a failure that ends the others.
"""

import os
import unittest

import h5py
import numpy

from cohort_app import APPS, RANKS, Case, run, run_json


def app(name):
    return os.path.join(APPS, f"cohort-{name}")


class Nodes(Case):
    def both(self, name, *arguments, **how):
        """What the program comes to alone and on the nodes."""
        alone, nodes = (run(*arguments, app=app(name), ranks=ranks, **how) for ranks in (0, RANKS))
        self.assertEqual((nodes.status, nodes.out), (alone.status, alone.out), nodes.err)
        return alone, nodes

    def written(self, name, dataset, *arguments):
        """What a file of the program has when written alone and by the nodes."""
        data = []
        for ranks in (0, RANKS):
            path = self.path(f"{name}{ranks}.h5")
            answer = run_json(*arguments, "--output", path, app=app(name), ranks=ranks)
            self.assertEqual(answer["ranks"], max(ranks, 1))
            with h5py.File(path) as file:
                data.append(file[dataset][:])
        return data

    def test_a_list_of_primes_has_all_of_them(self):
        alone, nodes = self.written("primes", "primes", "list", "3e6")
        self.assertEqual((len(alone), alone[-1]), (216816, 2999999))
        numpy.testing.assert_array_equal(nodes, alone)

    def test_primes_are_printed_in_order(self):
        alone, _ = self.both("primes", "list", "3e6", "--quiet")
        self.assertEqual((alone.out.count("\n"), alone.out[-8:]), (216816, "2999999\n"))

    def test_a_picture_has_the_same_counts(self):
        alone, nodes = self.written("julia", "iterations", "--size", "613x530")
        numpy.testing.assert_array_equal(nodes, alone)

    def test_a_mean_has_the_same_darts_after_as_many_rounds(self):
        alone, nodes = (run_json("--target-error", "3e-4", app=app("pi"), ranks=ranks) for ranks in (0, RANKS))
        self.assertGreater(int(alone["inside"]), 1_000_000)
        for key in ("inside", "darts", "pi"):
            self.assertEqual(nodes[key], alone[key])

    def test_numbers_are_factored_and_tested_in_the_order_of_their_lines(self):
        lines = "".join(f"{n}\n" for n in [*range(1, 3000), 2**64 - 59, 2**64 + 1, 4294967291**2])
        for command in ("factor", "test"):
            with self.subTest(command=command):
                alone, _ = self.both("primes", command, "--quiet", stdin=lines)
                self.assertEqual((alone.status, alone.out.count("\n")), (0, 3002))

    def test_a_search_ends_with_the_smallest_factor(self):
        answer = run_json("factor", "--smallest", 100109100129100369, app=app("primes"))
        self.assertEqual(answer["results"][0]["smallest_factor"], "95362951")

    def test_a_bad_line_ends_it_with_its_number(self):
        lines = "".join(f"{n}\n" for n in range(1, 3001)) + "12a\n7\n"
        done = run("factor", "--quiet", stdin=lines, app=app("primes"))
        self.assertEqual(done.status, 2, done.err)
        self.assertIn("12a is not a whole number (it is line 3001 of standard input)", done.err)


if __name__ == "__main__":
    unittest.main()
