"""cohort-primes count, nth, next and prev end to end: known answers on any ranks, and refusals."""

import json
import os
import signal
import subprocess
import time
import unittest

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


def let_ctrl_c_through():
    """What is started in the background may have been told to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
            for power in (1, 9):
                with self.subTest(ranks=ranks, power=power):
                    primes = BELOW_POWERS_OF_TEN[power - 1]
                    for method in "sieve", "combinatorial":
                        answer = run_json("count", f"10^{power}", "--method", method, ranks=ranks)
                        self.assertEqual((answer["count"], answer["method"]), (str(primes), method))

    def test_what_is_sooner_counts(self):
        for ranks in FEW_RANKS:
            for arguments, count, method in [(["1e13"], "346065536839", "combinatorial"),
                                             (["1e18", "+1e6"], "24280", "sieve")]:
                with self.subTest(ranks=ranks, arguments=arguments):
                    answer = run_json("count", *arguments, ranks=ranks)
                    self.assertEqual((answer["count"], answer["method"]), (count, method))

    @unittest.skipUnless("COHORT_LONG_TESTS" in os.environ, "takes minutes; set COHORT_LONG_TESTS to run it")
    def test_large_powers_of_ten_have_the_primes_that_others_have_counted(self):
        for power, primes in ((11, 4118054813), (12, 37607912018)):
            with self.subTest(power=power):
                self.assertEqual(run_json("count", f"1e{power}", "--method", "sieve", ranks=allowed(2)[-1])["count"], str(primes))

    def counted(self, *arguments, ranks):
        return run_json("count", "1e8", "--method", "sieve", *arguments, ranks=ranks)["count"]

    def test_no_schedule_or_chunk_changes_the_count(self):
        for ranks in FEW_RANKS:
            for schedule in "auto static cyclic fixed dynamic guided factoring".split():
                with self.subTest(ranks=ranks, schedule=schedule):
                    self.assertEqual(self.counted("--schedule", schedule, ranks=ranks), "5761455")
            with self.subTest(ranks=ranks, chunk=7):
                self.assertEqual(self.counted("--chunk", 7, ranks=ranks), "5761455")

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

    def test_a_long_count_ends_at_once_when_told(self):
        for arguments in (["1e18", "+1e12"], ["1e18"]):
            for signal_sent, status in ((signal.SIGINT, 130), (signal.SIGTERM, 75)):
                with self.subTest(arguments=arguments, signal=signal_sent):
                    count = subprocess.Popen(command("count", *arguments, "--quiet", ranks=0), stdout=subprocess.DEVNULL,
                                             stderr=subprocess.DEVNULL, preexec_fn=let_ctrl_c_through)
                    time.sleep(1)  # the tool has begun; if it has not, the signal ends it in the same way
                    count.send_signal(signal_sent)
                    self.assertEqual(count.wait(timeout=15), status)

    def test_j_starts_the_ranks_itself(self):
        ranks = allowed(2, 3)[-1]
        self.assertEqual(run_json("-j", ranks, "count", "1e7", ranks=0)["ranks"], ranks)


class OnePrime(Case):
    NTH = {1: 2, 2: 3, 3: 5, 4: 7, 5: 11, 6: 13, 25: 97, 168: 997, 1000: 7919, 10000: 104729, 100000: 1299709,
           1000000: 15485863, 10000000: 179424673, 10**12: 29996224275833}

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
        (["count", "1", "2^64", "--method", "sieve"],
         "count is out of reach (to sieve [1, 18446744073709551616) takes about"),
        (["count", "10", "--method", "guess"], "guess is not a method"),
        (["count", "1", "2", "3"], ""),
        (["count", "10", "--output", "x.h5"], "writes no file"),
        (["count", "10", "--no-such-option"], "--no-such-option"),
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

    def refused(self, arguments, words, ranks):
        answer = run(*arguments, ranks=ranks, folder=self.folder)
        self.assertEqual(answer.status, 2)
        self.assertIn(words, answer.err)
        said = [line for line in answer.err.splitlines() if line.startswith("cohort-primes: ")]
        self.assertEqual(len(said), 1, answer.err)
        if "--json" in arguments:
            self.assertEqual(json.loads(answer.out)["error"]["kind"], "usage")
        else:
            self.assertEqual(answer.out, "")
        self.assertEqual(os.listdir(self.folder), [])

    def test_bad_input_is_refused_with_one_message(self):
        for arguments, words in self.BAD:
            with self.subTest(arguments=arguments):
                self.refused(arguments, words, 0)

    def test_bad_input_is_refused_with_one_message_on_several_ranks(self):
        for arguments, words in self.BAD[::5]:
            with self.subTest(arguments=arguments):
                self.refused(arguments, words, FEW_RANKS[-1])

    def test_the_commands_are_in_the_help(self):
        answer = run("--help", ranks=0)
        self.assertEqual(answer.status, 0)
        for word in "count list nth next prev test factor Examples: Exit".split():
            self.assertIn(word, answer.out)


if __name__ == "__main__":
    unittest.main()
