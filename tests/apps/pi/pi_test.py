"""cohort-pi end to end: the same count on any ranks, rounds, files and refusals."""

import json
import math
import os
import unittest

import h5py
from cohort_app import Case, allowed, run, run_json

RANKS = allowed(0, 1, 2, 3, 5)

# Counted by a program that uses Random123: key {42, 1}, that is, this seed.
ORACLE_SEED = (1 << 32) + 42
ORACLE_DARTS = 245_760_000
ORACLE_INSIDE = 193_014_731


class Answer(Case):
    def test_the_count_is_that_of_random123_on_one_rank_and_on_several(self):
        for ranks in allowed(0, 3):
            with self.subTest(ranks=ranks):
                answer = run_json("--darts", ORACLE_DARTS, "--seed", ORACLE_SEED, ranks=ranks)
                self.assertEqual(answer["inside"], str(ORACLE_INSIDE))
                self.assertEqual(answer["darts"], str(ORACLE_DARTS))
                self.assertEqual(answer["seed"], str(ORACLE_SEED))
                self.assertEqual(answer["ranks"], max(ranks, 1))

    def test_no_schedule_or_chunk_changes_the_count(self):
        expected = run_json("--darts", 10_000_001, ranks=0)["inside"]
        for ranks in allowed(1, 3)[-1:]:
            for schedule in "auto static cyclic fixed dynamic guided factoring".split():
                with self.subTest(ranks=ranks, schedule=schedule):
                    self.assertEqual(run_json("--darts", 10_000_001, "--schedule", schedule, ranks=ranks)["inside"], expected)
            with self.subTest(ranks=ranks, chunk=7):
                self.assertEqual(run_json("--darts", 10_000_001, "--chunk", 7, ranks=ranks)["inside"], expected)

    def test_no_kernel_changes_the_count(self):
        expected = run_json("--darts", 3_000_001, ranks=0, environment={"COHORT_ISA": "portable"})["inside"]
        self.assertEqual(run_json("--darts", 3_000_001, ranks=0)["inside"], expected)

    def test_rounds_do_not_change_the_count(self):
        plain = run_json("--darts", 20_000_000, ranks=0)
        in_rounds = run_json("--darts", 20_000_000, "--target-error", "1e-9", ranks=0)
        self.assertEqual(plain["inside"], in_rounds["inside"])

    def test_the_estimate_and_its_error_belong_to_the_count(self):
        answer = run_json("--darts", "1e7", ranks=0)
        share = int(answer["inside"]) / int(answer["darts"])
        self.assertAlmostEqual(answer["pi"], 4 * share, places=12)
        self.assertAlmostEqual(answer["standard_error"], 4 * math.sqrt(share * (1 - share) / 1e7), places=12)
        self.assertLess(abs(answer["pi"] - math.pi), 5 * answer["standard_error"])

    def test_the_interval_is_wilsons_of_the_count(self):
        for confidence, z in ((None, 1.959963984540054), (0.99, 2.5758293035489)):
            with self.subTest(confidence=confidence):
                answer = run_json("--darts", 1000, *(["--confidence", confidence] if confidence else []), ranks=0)
                n, p = 1000, int(answer["inside"]) / 1000
                centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
                self.assertEqual(answer["confidence"], confidence or 0.95)
                for bound, expected in zip(answer["interval"], (centre - half, centre + half)):
                    self.assertAlmostEqual(bound, 4 * expected / (1 + z * z / n), places=12)

    def test_each_generator_gives_the_same_count_on_any_number_of_ranks(self):
        counts = {}
        for generator in ("philox4x32-10", "mwc52"):
            answers = [run_json("--darts", "3e6", "--generator", generator, ranks=ranks) for ranks in RANKS]
            self.assertEqual({answer["generator"] for answer in answers}, {generator})
            self.assertLess(abs(answers[0]["pi"] - math.pi), 5 * answers[0]["standard_error"])
            self.assertEqual(len({answer["inside"] for answer in answers}), 1)
            counts[generator] = answers[0]["inside"]
        self.assertNotEqual(counts["philox4x32-10"], counts["mwc52"])
        self.assertEqual(run_json("--darts", "3e6", ranks=0)["inside"], counts["philox4x32-10"])

    def test_different_seeds_throw_different_darts(self):
        counts = {run_json("--darts", 1_000_000, "--seed", seed, ranks=0)["inside"] for seed in range(1, 6)}
        self.assertEqual(len(counts), 5)

    def test_the_seed_is_1_unless_given(self):
        default, given = run_json("--darts", 1000, ranks=0), run_json("--darts", 1000, "--seed", 1, ranks=0)
        self.assertEqual(default["seed"], "1")
        self.assertEqual(default["inside"], given["inside"])

    def test_fewer_darts_than_ranks_work(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.assertIn(run_json("--darts", 1, ranks=ranks)["inside"], ("0", "1"))

    def test_the_text_is_short_and_names_the_seed(self):
        answer = run("--darts", "1e6", "--seed", 5, "--quiet", ranks=0)
        self.assertEqual(answer.status, 0)
        self.assertEqual(answer.err, "")
        self.assertEqual(len(answer.out.splitlines()), 2)
        self.assertRegex(answer.out, r"^pi = 3\.14\d\d \+- 0\.0016 \(standard error\), 3\.1\d{3} to 3\.1\d{3} \(95 % confidence\)\n")
        self.assertIn("1_000_000 darts", answer.out)
        self.assertIn("seed 5", answer.out)

    def test_j_starts_the_ranks_itself(self):
        ranks = allowed(2, 3)[-1]
        self.assertEqual(run_json("--darts", 1_000_000, "-j", ranks, ranks=0)["ranks"], ranks)


class Target(Case):
    def test_the_run_stops_at_the_same_darts_on_any_number_of_ranks(self):
        answers = [run_json("--target-error", "2e-4", ranks=ranks) for ranks in RANKS]
        self.assertEqual(len({(answer["darts"], answer["inside"]) for answer in answers}), 1)
        self.assertLessEqual(answers[0]["standard_error"], 2e-4)
        # No more than a round too many, which is a fifth.
        self.assertLess(int(answers[0]["darts"]), 1.25 * (1.6422 / 2e-4) ** 2)

    def test_darts_are_a_cap(self):
        answer = run("--target-error", "1e-6", "--darts", "1e6", "--json", ranks=0)
        self.assertEqual(answer.status, 0)
        self.assertEqual(json.loads(answer.out)["darts"], "1000000")
        self.assertIn("was not reached", answer.err)

    def test_an_absurd_error_is_answered_with_what_it_costs(self):
        for error in ("1e-9", "1e-30"):
            with self.subTest(error=error):
                answer = run("--target-error", error, ranks=0)
                self.assertEqual(answer.status, 2)
                self.assertEqual(answer.out, "")
                self.assertRegex(answer.err, r"^cohort-pi: --target-error \S+ is out of reach \(it takes \S+ darts: .+ on 1 rank\); ")


class Output(Case):
    def test_the_file_has_the_estimate_by_round(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                name = self.path(f"pi{ranks}.h5")
                answer = run_json("--darts", "1e7", "--seed", 3, "--output", name, ranks=ranks)
                with h5py.File(name) as file:
                    darts, inside = file["darts"][:], file["inside"][:]
                    pi, error = file["pi"][:], file["standard_error"][:]
                    low, high = file["low"][:], file["high"][:]
                    self.assertEqual(file.attrs["generator"], "philox4x32-10")
                    self.assertEqual(file.attrs["confidence"], 0.95)
                self.assertEqual(darts.dtype, "uint64")
                self.assertTrue((darts[1:] > darts[:-1]).all())
                self.assertEqual(str(darts[-1]), answer["darts"])
                self.assertEqual(str(inside[-1]), answer["inside"])
                self.assertEqual(pi[-1], answer["pi"])
                self.assertEqual(error[-1], answer["standard_error"])
                self.assertEqual([low[-1], high[-1]], answer["interval"])
                self.assertTrue(((low < pi) & (pi < high)).all())
                for count, hits, estimate, deviation in zip(darts, inside, pi, error):
                    share = int(hits) / int(count)
                    self.assertAlmostEqual(estimate, 4 * share, places=14)
                    self.assertAlmostEqual(deviation, 4 * math.sqrt(share * (1 - share) / int(count)), places=14)

    def test_the_rounds_are_the_same_on_any_number_of_ranks(self):
        files = []
        for ranks in RANKS:
            name = self.path(f"pi{ranks}.h5")
            run_json("--target-error", "5e-4", "--output", name, ranks=ranks)
            with h5py.File(name) as file:
                files.append({key: file[key][:].tobytes() for key in ("darts", "inside", "pi", "standard_error")})
        for file in files[1:]:
            self.assertEqual(file, files[0])

    def test_each_round_is_what_a_run_of_so_many_darts_counts(self):
        name = self.path("pi.h5")
        run_json("--darts", "1e7", "--output", name, ranks=0)
        with h5py.File(name) as file:
            for darts, inside in list(zip(file["darts"][:], file["inside"][:]))[::4]:
                self.assertEqual(run_json("--darts", darts, ranks=0)["inside"], str(inside))

    def test_the_file_says_where_it_comes_from(self):
        name = self.path("pi.h5")
        run_json("--darts", "1e6", "--seed", 9, "--output", name, ranks=0)
        with h5py.File(name) as file:
            attributes = {key: file.attrs[key] for key in file.attrs}
        self.assertIn("cohort-pi", [str(value) for value in attributes.values()])
        self.assertTrue(any("--seed 9" in str(value) for value in attributes.values()), attributes)


class Refusal(Case):
    BAD = [
        ["--darts", "0"],
        ["--darts", "-1"],
        ["--darts", "1.5"],
        ["--darts", "nan"],
        ["--darts", "2^64"],
        ["--target-error", "0"],
        ["--target-error", "-1e-3"],
        ["--target-error", "nan"],
        ["--target-error", "inf"],
        ["--generator", "mt19937"],
        ["--confidence", "0"],
        ["--confidence", "1"],
        ["--confidence", "95"],
        ["--confidence", "nan"],
        ["--no-such-option"],
        ["--schedule", "best"],
        ["stray"],
    ]

    def test_bad_input_is_refused_on_every_rank_with_one_message(self):
        several = ["--darts", "0"], ["--confidence", "1"], ["--no-such-option"]  # enough: others are refused at the same place
        for ranks in allowed(0, 3):
            for arguments in several if ranks else self.BAD:
                with self.subTest(ranks=ranks, arguments=arguments):
                    answer = run(*arguments, ranks=ranks)
                    self.assertEqual(answer.status, 2)
                    self.assertEqual(answer.out, "")
                    self.assertEqual(len([line for line in answer.err.splitlines() if line.startswith("cohort-pi: ")]), 1)

    def test_a_kernel_that_is_not_there_is_refused(self):
        answer = run("--darts", 10, ranks=0, environment={"COHORT_ISA": "sse9"})
        self.assertEqual(answer.status, 2)
        self.assertIn("portable, avx2 or avx512", answer.err)

    def test_an_output_in_no_folder_is_refused_before_any_work(self):
        answer = run("--darts", "1e15", "--output", self.path("none/pi.h5"), ranks=0)
        self.assertEqual(answer.status, 74)

    def test_a_file_of_somebody_else_is_left_alone(self):
        name = self.path("notes.txt")
        with open(name, "w") as file:
            file.write("mine")
        answer = run("--darts", 1000, "--output", name, ranks=0)
        self.assertEqual(answer.status, 74)
        with open(name) as file:
            self.assertEqual(file.read(), "mine")
        self.assertEqual(os.listdir(self.folder), ["notes.txt"])

    def test_the_failure_is_in_the_json_too(self):
        answer = run("--darts", "0", "--json", ranks=0)
        error = json.loads(answer.out)["error"]
        self.assertEqual(error["kind"], "usage")
        self.assertIn("--darts", error["message"])


if __name__ == "__main__":
    unittest.main()
