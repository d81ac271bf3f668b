#!/usr/bin/python3
"""Every example prints the right answer, and the same one on any number of ranks."""

import glob
import json
import os
import re
import unittest

import h5py
import numpy

import cohort_app
from cohort_app import Case

SOURCES = os.environ["COHORT_EXAMPLE_SOURCES"]
RANKS = max(cohort_app.RANKS, 1)

TEXT = "the cat and the dog\n\nAnd THE bird; the fish,\nand a stone\n" * 50


class Examples(Case):
    def answer(self, example, *arguments, **how):
        program = os.path.join(os.environ["COHORT_EXAMPLES"], example)
        done = cohort_app.run(*arguments, app=program, folder=self.folder, **how)
        self.assertEqual(done.status, 0, done.out + done.err)
        return done.out

    def test_map_with_bar_finds_the_longest_chain(self):
        self.assertEqual(
            self.answer("map_with_bar", "1e6"), "the longest chain below 1000000 starts at 837799 and has 524 steps\n"
        )

    def test_streams_find_all_mersenne_primes_in_the_order_of_their_input(self):
        self.assertEqual(self.answer("streams"), "in order: 61 31 19 17 13 7 5 3 2\nas they come: 9 of 18\n")

    def test_scatter_gather_standardises(self):
        self.assertEqual(
            self.answer("scatter_gather"),
            "mean 7.00, deviation 4.15\n-0.96 -0.48 -0.72 0.00 0.96 -1.20 0.48 1.93\n",
        )

    def test_early_exit_finds_the_smallest_factor(self):
        smallest = {112272535095295: 5, 2: None, 3: None, 4: 2, 9: 3, 1000003: None, 10967535067: 104723}
        for number, factor in smallest.items():
            with self.subTest(number):
                says = f"is a multiple of {factor}" if factor else "is prime"
                self.assertEqual(self.answer("early_exit", number), f"{number} {says}\n")

    def test_producer_consumer_counts_every_word_once(self):
        self.assertEqual(
            self.answer("producer_consumer", stdin=TEXT),
            "   200 the\n   150 and\n    50 stone\n    50 fish\n    50 dog\n",
        )
        self.assertEqual(self.answer("producer_consumer", stdin=""), "")

    def test_shared_array_is_one_for_all_ranks(self):
        self.assertEqual(
            self.answer("shared_array", 1000, 80),
            f"1000 x 80 doubles, 640_000 bytes, once for {RANKS} ranks\ntheir mean is 499.5\n",
        )

    def test_counting_is_right_in_all_ways_but_the_first(self):
        times = 200_000
        counts = re.findall(r"^(\w+ \w+ ?\w*): +(\d+) of 200000, [0-9.]+ ns each$", self.answer("counting", times), re.M)
        self.assertEqual([how for how, _ in counts], ["without a lock", "with a lock", "with a counter", "by map_reduce"])
        without, *others = [int(count) for _, count in counts]
        self.assertEqual(others, [times] * 3)
        self.assertLessEqual(without, times)
        self.assertGreaterEqual(without, times if RANKS == 1 else 1)

    def test_teams_search_for_themselves(self):
        lines = self.answer("teams").splitlines()
        self.assertEqual(
            lines,
            ["112272535095295 is a multiple of 5", "10967535067 is a multiple of 104723", f"nodes: 1, of {RANKS} ranks"],
        )

    def test_parts_solve_together(self):
        steps = {10: 152, 20: 442, 40: 1233, 80: 3004}
        self.assertEqual(self.answer("parts"), "".join(f"{cells} cells: {n} steps\n" for cells, n in steps.items()))

    def test_column_is_mapped_item_by_item(self):
        self.assertEqual(self.answer("column"), "525600 measurements, up to 26.67 C\n")
        with h5py.File(self.path("fahrenheit.h5")) as measured, h5py.File(self.path("celsius.h5")) as converted:
            fahrenheit, celsius = measured["fahrenheit"][:], converted["celsius"][:]
        minutes = numpy.arange(525600)
        numpy.testing.assert_allclose(fahrenheit, 50 - 30 * numpy.cos(minutes / 525600 * 2 * numpy.pi), atol=1e-6)
        self.assertEqual(celsius.dtype, "float32")
        numpy.testing.assert_allclose(celsius, (fahrenheit - 32) / 1.8, rtol=1e-5)
        self.assertEqual(sorted(os.listdir(self.folder)), ["celsius.h5", "fahrenheit.h5"])

    def test_monte_carlo_knows_how_far_apart_points_are_and_how_well(self):
        answer = self.answer("monte_carlo", "2e-3")
        number = r"(0\.\d{7})"
        mean, error, samples, low, high = re.fullmatch(
            rf"{number} \+- {number} \((\S+) samples, \d+ rounds\)\n{number} to {number} with 95 % confidence\n", answer
        ).groups()
        self.assertEqual(samples, "16_384")
        self.assertLessEqual(float(error), 2e-3)
        self.assertAlmostEqual(float(mean), 0.6617072, delta=4 * float(error))  # Robbins, 1978
        self.assertLess(float(low), float(mean))
        self.assertGreater(float(high), float(mean))

    def test_new_app_estimates_how_likely_birthdays_coincide(self):
        answer = json.loads(self.answer("new_app", "--parties", "2e5", "--seed", 3, "--json"))
        self.assertEqual((answer["app"], answer["status"], answer["ranks"]), ("new_app", "complete", RANKS))
        self.assertEqual(answer["parties"], "200000")
        self.assertEqual(answer["shared"], "101579")
        self.assertAlmostEqual(answer["share"], 0.5073, delta=4 * 0.5 / 200_000**0.5)
        self.assertEqual(int(answer["shared"]) / 200_000, answer["share"])
        examined = json.loads(self.answer("new_app", "--doctor", "--json"))
        self.assertEqual((examined["app"], examined["ranks"]), ("new_app", RANKS))
        self.assertEqual(self.answer("new_app", "--people", 366, "--parties", 100), "1.0000 of 100 parties of 366\n")

    def test_every_example_is_tested(self):
        with open(__file__, encoding="utf-8") as file:
            tested = set(re.findall(r'answer\("(\w+)"', file.read()))
        there = {os.path.basename(path)[:-4] for path in glob.glob(os.path.join(SOURCES, "*.cpp"))}
        self.assertEqual(tested, there)

    def test_no_example_is_longer_than_a_screen(self):
        for path in glob.glob(os.path.join(SOURCES, "*.cpp")):
            with self.subTest(os.path.basename(path)), open(path, encoding="utf-8") as file:
                self.assertLess(len(file.readlines()), 60)


if __name__ == "__main__":
    unittest.main()
