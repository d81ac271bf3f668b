"""cohort-primes count, list, nth, next and prev end to end: known answers on any ranks, files, refusals."""

import json
import os
import subprocess
import unittest

import h5py
import numpy

from cohort_app import Case, allowed, command, run, run_json

RANKS = allowed(0, 1, 2, 3, 5)
FEW_RANKS = allowed(0, 3)

# from, to, primes, first, last
KNOWN = [
    (100000000, 100010000, 551, 100000007, 100009979),
    (100000000, 100100000, 5411, 100000007, 100099981),
    (1000000000, 1000100000, 4832, 1000000007, 1000099999),
    (100000000000, 100000100000, 4019, 100000000003, 100000099963),
]
BELOW_POWERS_OF_TEN = [4, 25, 168, 1229, 9592, 78498, 664579, 5761455, 50847534, 455052511]
# 2^64 - k is prime; there are no others from 2^64 - 363 on.
BELOW_2_64 = [59, 83, 95, 179, 189, 257, 279, 323, 353, 363]


def sieve(end):
    """The primes below `end`, by Eratosthenes."""
    is_prime = numpy.ones(end, dtype=bool)
    is_prime[:2] = False
    for p in range(2, int(end**0.5) + 1):
        if is_prime[p]:
            is_prime[p * p :: p] = False
    return numpy.flatnonzero(is_prime).astype(numpy.uint64)


def messages(answer):
    return [line for line in answer.err.splitlines() if line.startswith("cohort-primes: ")]


class Count(Case):
    def test_ranges_have_the_primes_that_others_have_counted_on_any_ranks(self):
        for ranks in RANKS:
            for begin, end, primes, _, _ in KNOWN:
                with self.subTest(ranks=ranks, begin=begin, end=end):
                    answer = run_json("count", begin, end, ranks=ranks)
                    self.assertEqual(answer["count"], str(primes))
                    self.assertEqual(answer["ranks"], max(ranks, 1))

    def test_powers_of_ten_have_the_primes_that_others_have_counted(self):
        for power, primes in enumerate(BELOW_POWERS_OF_TEN, 1):
            with self.subTest(power=power):
                self.assertEqual(run_json("count", f"1e{power}", ranks=0)["count"], str(primes))
        for ranks in RANKS:
            for power in (1, 6, 9):
                with self.subTest(ranks=ranks, power=power):
                    primes = BELOW_POWERS_OF_TEN[power - 1]
                    self.assertEqual(run_json("count", f"10^{power}", ranks=ranks)["count"], str(primes))

    def test_no_schedule_or_chunk_changes_the_count(self):
        for ranks in FEW_RANKS:
            for schedule in "auto static cyclic fixed dynamic guided factoring".split():
                with self.subTest(ranks=ranks, schedule=schedule):
                    self.assertEqual(run_json("count", "1e8", "--schedule", schedule, ranks=ranks)["count"], "5761455")
            with self.subTest(ranks=ranks, chunk=7):
                self.assertEqual(run_json("count", "1e8", "--chunk", 7, ranks=ranks)["count"], "5761455")

    def test_a_range_is_printed_half_open(self):
        for arguments, text in [
            (["100"], "25 primes in [0, 100)\n"),
            (["0", "100"], "25 primes in [0, 100)\n"),
            (["100", "+20"], "5 primes in [100, 120)\n"),
            (["2", "3"], "1 prime in [2, 3)\n"),
            (["0"], "0 primes in [0, 0)\n"),
            (["3", "3"], "0 primes in [3, 3)\n"),
            (["0", "2"], "0 primes in [0, 2)\n"),
            (["0", "3"], "1 prime in [0, 3)\n"),
            (["0", "4"], "2 primes in [0, 4)\n"),
            (["2^64-1", "2^64"], "0 primes in [18446744073709551615, 18446744073709551616)\n"),
        ]:
            with self.subTest(arguments=arguments):
                answer = run("count", *arguments, "--quiet", ranks=0)
                self.assertEqual((answer.status, answer.out, answer.err), (0, text, ""))

    def test_a_range_may_end_at_2_to_the_64(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.assertEqual(run_json("count", "2^64-363", "2^64", ranks=ranks)["count"], "10")
        self.assertEqual(run_json("count", "2^64-363", "2^64-1", ranks=0)["count"], "10")
        self.assertEqual(run_json("count", "2^64-363", "2^64-59", ranks=0)["count"], "9")
        self.assertEqual(run_json("count", "2^64-59", "+59", ranks=0)["count"], "1")

    def test_j_starts_the_ranks_itself(self):
        ranks = allowed(2, 3)[-1]
        self.assertEqual(run_json("-j", ranks, "count", "1e7", ranks=0)["ranks"], ranks)


class List(Case):
    def written(self, *arguments, ranks):
        path = self.path(f"primes-{ranks}.h5")
        answer = run_json("list", *arguments, "--output", path, ranks=ranks)
        self.assertEqual(os.listdir(self.folder).count(f"primes-{ranks}.h5"), 1)
        with h5py.File(path) as file:
            self.assertEqual(file["primes"].dtype, numpy.uint64)
            primes = file["primes"][:]
            attributes = dict(file.attrs)
        self.assertEqual(answer["count"], str(len(primes)))
        self.assertEqual(answer["output"], path)
        return primes, attributes

    def test_a_file_has_all_primes_in_order_on_any_ranks(self):
        expected = sieve(10_000_000)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                primes, attributes = self.written("1e7", ranks=ranks)
                numpy.testing.assert_array_equal(primes, expected)
                self.assertEqual(attributes["program"], "cohort-primes")
                self.assertEqual(attributes["range"], "[0, 10000000)")

    def test_known_ranges_have_their_first_and_last_prime(self):
        for ranks in FEW_RANKS:
            for begin, end, count, first, last in KNOWN:
                with self.subTest(ranks=ranks, begin=begin, end=end):
                    primes, _ = self.written(begin, end, "--force", ranks=ranks)
                    self.assertEqual((len(primes), primes[0], primes[-1]), (count, first, last))

    def test_a_range_may_end_at_2_to_the_64_or_be_empty(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                primes, _ = self.written("2^64-363", "2^64", ranks=ranks)
                self.assertEqual([2**64 - int(p) for p in primes], BELOW_2_64[::-1])
                primes, _ = self.written("5", "5", "--force", ranks=ranks)
                self.assertEqual(len(primes), 0)

    def test_primes_are_printed_a_line_each_in_order_on_any_ranks(self):
        small = "".join(f"{p}\n" for p in sieve(3_000_000))
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.assertEqual(run("list", "3e6", "--quiet", ranks=ranks).out, small)
                self.assertEqual(run("list", "24", "29", "--quiet", ranks=ranks).out, "")
        top = "".join(f"{2**64 - k}\n" for k in BELOW_2_64[::-1])
        self.assertEqual(run("list", "2^64-363", "2^64", "--quiet", ranks=0).out, top)

    def test_json_has_the_primes_or_the_name_of_the_file(self):
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                answer = run_json("list", "10", "20", ranks=ranks)
                self.assertEqual((answer["count"], answer["primes"]), ("4", ["11", "13", "17", "19"]))

    def test_memory_does_not_grow_with_the_range(self):
        """40 MB of primes on one rank, within 64 MiB of heap more than it takes for none."""
        for output in ([], ["--output", self.path("many.h5")]):
            peaks = []
            for end in ("1e4", "1e8"):
                with self.subTest(output=output, end=end):
                    words = command("list", end, "--quiet", "--force", *output, ranks=0)
                    reader = "import os, resource, subprocess, sys\n" \
                             "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n" \
                             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
                    done = subprocess.run(["/usr/bin/python3", "-c", reader] + words, stdout=subprocess.PIPE, check=True)
                    peaks.append(int(done.stdout))
            if "COHORT_SANITIZED" not in os.environ:
                self.assertLess(peaks[1] - peaks[0], 32 * 1024)

    def test_a_full_standard_output_is_an_error(self):
        for arguments in (["list", "1e6"], ["test", "7"], ["factor", "--smallest", "9"]):
            with self.subTest(arguments=arguments), open("/dev/full", "w") as full:
                done = subprocess.run(command(*arguments, ranks=0), stdin=subprocess.DEVNULL, stdout=full,
                                      stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 74)
                self.assertIn("cannot write to standard output (No space left on device)", done.stderr)

    def test_what_is_not_ours_is_not_replaced(self):
        path = self.path("precious.h5")
        with open(path, "w") as file:
            file.write("precious")
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                answer = run("list", "100", "--output", path, ranks=ranks)
                self.assertEqual(answer.status, 2)
                self.assertIn("--force", answer.err)
                with open(path) as file:
                    self.assertEqual(file.read(), "precious")
                self.assertEqual(os.listdir(self.folder), ["precious.h5"])

    def test_a_list_that_no_disk_can_hold_is_refused_at_once(self):
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                answer = run("list", "1e18", "--output", self.path("huge.h5"), ranks=ranks)
                self.assertEqual(answer.status, 74)
                self.assertRegex(messages(answer)[-1], r"huge\.h5 cannot have the primes in \[0, 10{18}\) \(they take about ")
                self.assertEqual(os.listdir(self.folder), [])


class OnePrime(Case):
    NTH = {1: 2, 2: 3, 3: 5, 4: 7, 5: 11, 6: 13, 25: 97, 168: 997, 1000: 7919, 10000: 104729, 100000: 1299709,
           1000000: 15485863, 10000000: 179424673}

    def test_the_nth_prime_is_known(self):
        for n, prime in self.NTH.items():
            with self.subTest(n=n):
                answer = run_json("nth", n, ranks=0)
                self.assertEqual((answer["n"], answer["prime"]), (str(n), str(prime)))
        for ranks in RANKS:
            for n in (1, 10000000):
                with self.subTest(ranks=ranks, n=n):
                    self.assertEqual(run("nth", n, "--quiet", ranks=ranks).out, f"{self.NTH[n]}\n")

    NEXT = {"0": 2, "1": 2, "2": 3, "3": 5, "7": 11, "89": 97, "2^32": 2**32 + 15, "2^64-60": 2**64 - 59,
            "2^64-59": 2**64 + 13, "2^64": 2**64 + 13, "10^50": 10**50 + 151, "10^100": 10**100 + 267}
    PREV = {"3": 2, "4": 3, "97": 89, "2^32": 2**32 - 5, "2^64": 2**64 - 59, "2^64+13": 2**64 - 59,
            "2^64+14": 2**64 + 13, "2^127": 2**127 - 1}

    def test_the_prime_after_and_the_prime_before_are_known(self):
        for ranks in FEW_RANKS:
            for name, known in (("next", self.NEXT), ("prev", self.PREV)):
                for n, prime in known.items():
                    with self.subTest(ranks=ranks, command=name, n=n):
                        self.assertEqual(run(name, n, "--quiet", ranks=ranks).out, f"{prime}\n")

    def test_json_has_strings(self):
        answer = run_json("next", "2^64", ranks=0)
        self.assertEqual((answer["n"], answer["prime"]), (str(2**64), str(2**64 + 13)))


class Refusal(Case):
    BAD = [
        ([], "needs a command"),
        (["conut", "10"], "did you mean count?"),
        (["count"], "RANGE"),
        (["count", "10", "5"], "ends before it begins"),
        (["count", "-1"], "below zero"),
        (["count", "nan"], "nan is not a whole number"),
        (["count", "1.5"], "1.5 is not a whole number"),
        (["count", "12a"], "12a is not a whole number (it is argument 1 of count)"),
        (["count", "2^64+1"], "too large"),
        (["count", "0", "2^64"], "too long"),
        (["count", "1", "2^64"], "out of reach (to sieve [1, 18446744073709551616) takes about"),
        (["count", "1", "2", "3"], ""),
        (["count", "10", "--output", "x.h5"], "writes no file"),
        (["count", "10", "--no-such-option"], "--no-such-option"),
        (["list", "10", "--output", "nowhere/x.h5"], "nowhere"),
        (["list", "1", "2^50", "--json"], "too many for --json"),
        (["nth", "0"], "too small"),
        (["nth", "-3"], "below zero"),
        (["nth", "1e18"], "that prime is above 2^64"),
        (["nth", "1e30"], "too large"),
        (["next"], "lacks N"),
        (["next", "nan"], "not a whole number"),
        (["prev", "2"], "there is no prime below 2"),
        (["prev", "0"], "there is no prime below 0"),
        (["next", "2^1e9"], "not a whole number"),
        (["next", "2^1000000"], "too large"),
    ]

    def test_bad_input_is_refused_on_every_rank_with_one_message(self):
        for ranks in FEW_RANKS:
            for arguments, words in self.BAD:
                with self.subTest(ranks=ranks, arguments=arguments):
                    answer = run(*arguments, ranks=ranks, folder=self.folder)
                    self.assertEqual(answer.status, 2)
                    self.assertIn(words, answer.err)
                    said = [line for line in messages(answer) if "working on" not in line]
                    self.assertEqual(len(said), 1, answer.err)
                    if "--json" in arguments:
                        self.assertEqual(json.loads(answer.out)["error"]["kind"], "usage")
                    else:
                        self.assertEqual(answer.out, "")
                    self.assertEqual(os.listdir(self.folder), [])

    def test_the_commands_are_in_the_help(self):
        answer = run("--help", ranks=0)
        self.assertEqual(answer.status, 0)
        for word in "count list nth next prev test factor Examples: Exit".split():
            self.assertIn(word, answer.out)


if __name__ == "__main__":
    unittest.main()
