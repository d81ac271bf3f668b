"""cohort-primes test and factor end to end: as GNU factor has it, in order, from anywhere, on any ranks."""

import json
import os
import random
import signal
import subprocess
import time
import unittest

from cohort_app import Case, allowed, command, run, run_json

RANKS = allowed(0, 1, 2, 3, 5)
FEW_RANKS = allowed(0, 3)

SMALLEST = {
    112272535095295: 5,
    112272535095293: 112272535095293,
    100109100129100369: 95362951,
    100109100129101027: 171656941,
    100109100129100151: 100109100129100151,
    100109100129162907: 100109100129162907,
}


def gnu_factor(numbers):
    """What GNU factor prints."""
    done = subprocess.run(["factor"], input="".join(f"{n}\n" for n in numbers), text=True, stdout=subprocess.PIPE, check=True)
    return done.stdout


def some_numbers():
    """Hundreds of numbers of all sizes up to 80 bits; GNU factor takes long for larger ones."""
    dice = random.Random(20260517)
    numbers = list(range(0, 60))
    numbers += [dice.getrandbits(dice.randint(1, 64)) for _ in range(200)]
    numbers += [dice.getrandbits(dice.randint(65, 80)) | 1 << 64 for _ in range(150)]
    numbers += [2**64 - 1, 2**64, 2**64 + 1, 2**64 - 59, 2**64 + 13, 4294967291**2, 4294967311**2, 2**79, 3**50, 10**24]
    dice.shuffle(numbers)
    return numbers


def candidates_to(last):
    """How many divisors trial division tries: 2, 3, 5 and what has no factor in common with 30."""
    full, rest = divmod(last, 30)
    return 3 + 8 * full + sum(1 for r in (1, 7, 11, 13, 17, 19, 23, 29) if r <= rest) - 1


class Factor(Case):
    def test_the_output_is_that_of_gnu_factor_on_any_ranks(self):
        numbers = some_numbers()
        expected = gnu_factor(numbers)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                text = "".join(f"{n}\n" for n in numbers)
                answer = run("factor", "--quiet", stdin=text, ranks=ranks)
                self.assertEqual((answer.status, answer.err), (0, ""))
                self.assertEqual(answer.out, expected)

    def test_arguments_a_file_and_standard_input_are_the_same(self):
        expected = "360: 2 2 2 3 3 5\n1:\n0:\n7: 7\n18446744073709551617: 274177 67280421310721\n"
        path = self.path("numbers.txt")
        lines = "# sizes\n360\r\n\n  1\n0\t\n007\n# and a large one\n2^64+1"
        with open(path, "w", newline="") as file:
            file.write(lines)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.assertEqual(run("factor", "360", 1, 0, "7", "2^64+1", ranks=ranks).out, expected)
                self.assertEqual(run("factor", "--input", path, ranks=ranks).out, expected)
                self.assertEqual(run("factor", stdin=lines, ranks=ranks).out, expected)
        self.assertEqual(run("factor", "--input", "-", stdin=lines, ranks=0).out, expected)
        self.assertEqual(run("factor", "-j", allowed(2, 3)[-1], stdin=lines, ranks=0).out, expected)

    def test_the_largest_numbers_are_read_however_they_are_written(self):
        digits = "1" + "0" * 29_999
        text = "\n".join(["_".join(digits), "0" * 500_000 + digits, " " * 2_000_000 + digits, "#" * 2_000_000, digits])
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                answer = run("factor", "--exponents", stdin=text, ranks=ranks)
                self.assertEqual((answer.status, answer.out), (0, f"{digits}: 2^29999 5^29999\n" * 4), answer.err)

    def test_exponents_are_the_short_form(self):
        answer = run("factor", "--exponents", "360", "1", "97", "2^64", "1e30", ranks=0)
        self.assertEqual(answer.out, "360: 2^3 3^2 5\n1:\n97: 97\n18446744073709551616: 2^64\n"
                                     "1000000000000000000000000000000: 2^30 5^30\n")

    def test_json_has_strings_and_pairs(self):
        expected = [
            {"n": "360", "factors": [["2", 3], ["3", 2], ["5", 1]], "prime": False},
            {"n": "1", "factors": [], "prime": False},
            {"n": "97", "factors": [["97", 1]], "prime": True},
            {"n": "49", "factors": [["7", 2]], "prime": False},
            {"n": str(2**67 - 1), "factors": [["193707721", 1], ["761838257287", 1]], "prime": False},
        ]
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                self.assertEqual(run_json("factor", 360, 1, 97, 49, "2^67-1", ranks=ranks)["results"], expected)

    def test_large_numbers_are_factored(self):
        f7 = "340282366920938463463374607431768211457: 59649589127497217 5704689200685129054721\n"
        self.assertEqual(run("factor", "2^128+1", "--quiet", ranks=0).out, f7)
        numbers = [10**20 + k for k in range(40)]
        for n, entry in zip(numbers, run_json("factor", *numbers, ranks=FEW_RANKS[-1])["results"]):
            product = 1
            for p, e in entry["factors"]:
                product *= int(p) ** e
            self.assertEqual((entry["n"], product), (str(n), n))

    def test_large_numbers_among_small_ones_keep_their_places(self):
        dice = random.Random(8)
        numbers = [dice.getrandbits(dice.choice([10, 40, 64, 66])) | (1 << 65) * (dice.random() < 0.05) for _ in range(2000)]
        expected = gnu_factor(numbers)
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                text = "".join(f"{n}\n" for n in numbers)
                self.assertEqual(run("factor", "--quiet", stdin=text, ranks=ranks).out, expected)

    def test_many_numbers_keep_their_order(self):
        # Fits a pipe: more than that the mpirun of Open MPI 5.0 does not forward faithfully.
        text = "".join(f"{n}\n" for n in range(1, 10001))
        expected = gnu_factor(range(1, 10001))
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                self.assertEqual(run("factor", "--quiet", stdin=text, ranks=ranks).out, expected)


class Test(Case):
    def test_primes_are_those_that_gnu_factor_leaves_whole(self):
        numbers = some_numbers()
        expected = ""
        for line in gnu_factor(numbers).splitlines():
            n, _, factors = line.partition(":")
            expected += f"{n}: {'prime' if factors.strip() == n else 'not prime'}\n"
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                answer = run("test", "--prove", "--quiet", stdin="".join(f"{n}\n" for n in numbers), ranks=ranks)
                self.assertEqual((answer.status, answer.err, answer.out), (0, "", expected))

    def test_json_has_an_entry_for_each_number(self):
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                answer = run_json("test", "1_000_003", 1, "2^127-1", "2**127", ranks=ranks)
                self.assertEqual(answer["results"], [
                    {"n": "1000003", "prime": True, "proved": True},
                    {"n": "1", "prime": False, "proved": True},
                    {"n": str(2**127 - 1), "prime": True, "proved": False},
                    {"n": str(2**127), "prime": False, "proved": True},
                ])

    def test_primes_above_64_bits_are_probable_unless_proved(self):
        self.assertEqual(run("test", 2**127 - 1, ranks=0).out, f"{2**127 - 1}: probably prime\n")
        self.assertEqual(run("test", "--prove", 2**127 - 1, ranks=0).out, f"{2**127 - 1}: prime\n")


class Smallest(Case):
    def test_the_smallest_factors_are_those_that_are_known_on_any_ranks(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                results = run_json("factor", "--smallest", *SMALLEST, ranks=ranks)["results"]
                self.assertEqual([int(entry["n"]) for entry in results], list(SMALLEST))
                for entry in results:
                    n, factor = int(entry["n"]), int(entry["smallest_factor"])
                    self.assertEqual(factor, SMALLEST[n])
                    self.assertEqual(entry["prime"], factor == n)
                    candidates = candidates_to(int(n**0.5))
                    self.assertEqual(int(entry["tried"]) + int(entry["skipped"]), candidates)
                    if factor == n:
                        self.assertEqual((int(entry["skipped"]), entry["stop_latency"]), (0, 0))
                    else:
                        self.assertGreaterEqual(int(entry["tried"]), candidates_to(factor) if factor > 5 else 3)
                        self.assertGreaterEqual(entry["stop_latency"], 0)
                    if ranks < 2 and factor < n:
                        self.assertEqual(int(entry["tried"]), candidates_to(factor) if factor > 5 else 3)

    def test_a_hit_ends_the_search(self):
        for ranks in allowed(2, 3, 5):
            with self.subTest(ranks=ranks):
                (entry,) = run_json("factor", "--smallest", 112272535095295, ranks=ranks)["results"]
                self.assertGreater(int(entry["skipped"]), 0)

    def test_small_numbers_and_the_largest_have_their_factors(self):
        known = {2: 2, 3: 3, 4: 2, 5: 5, 9: 3, 25: 5, 35: 5, 49: 7, 77: 7, 121: 11, 2**64 - 1: 3, 4294967291**2: 4294967291}
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                results = run_json("factor", "--smallest", *known, ranks=ranks)["results"]
                self.assertEqual([int(entry["smallest_factor"]) for entry in results], list(known.values()))

    def test_the_text_names_the_factor_or_says_that_there_is_none(self):
        lines = run("factor", "--smallest", 100109100129100369, 97, "--quiet", ranks=0).out.splitlines()
        self.assertRegex(lines[0], r"^100109100129100369: 95362951 \(25_430_123 of 84_373_395 candidates tried; ")
        self.assertEqual(lines[1], "97: prime (4 candidates tried)")

    def test_no_schedule_changes_the_factor(self):
        for schedule in "auto static cyclic fixed guided factoring".split():
            with self.subTest(schedule=schedule):
                answer = run_json("factor", "--smallest", 100109100129100369, "--schedule", schedule, ranks=allowed(2, 3)[-1])
                self.assertEqual(answer["results"][0]["smallest_factor"], "95362951")


class Stop(Case):
    # Hours of work in one call of a library: RSA-100, and a proof for 2917 digits.
    ENDLESS = [
        ("factor", 1522605027922533360535618378132637429718068114961380688657908494580122963258952897654000350692006139),
        ("test", "--prove", "2^9689-1"),
    ]

    def test_ctrl_c_ends_even_what_a_library_is_at(self):
        for arguments in self.ENDLESS:
            with self.subTest(command=arguments[0]):
                process = subprocess.Popen(command(*arguments, "--quiet", ranks=0), text=True, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": self.folder})
                time.sleep(1)
                process.send_signal(signal.SIGINT)
                began = time.monotonic()
                out, err = process.communicate()
                self.assertLess(time.monotonic() - began, 5)
                self.assertEqual((process.returncode, out), (130, ""), err)
                self.assertEqual(os.listdir(self.folder), [])


class Refusal(Case):
    BAD_LINES = [
        ("97\n12a\n7\n", "12a is not a whole number (it is line 2 of standard input)"),
        ("97\n\n# remark\n-7\n", "-7 is below zero (it is line 4 of standard input)"),
        ("97\n12 13\n", '"12 13" is not a whole number (it is line 2 of standard input)'),
        ("nan\n", "nan is not a whole number (it is line 1 of standard input)"),
        ("9\x007\n", '"9?7" is not a whole number (it is line 1 of standard input)'),
        ("2^100001\n", "2^100001 is too large (it is line 1 of standard input, and has more than 100000 binary digits)"),
        ("", "is given no numbers (standard input has none)"),
        ("# nothing\n\n", "is given no numbers (standard input has none)"),
    ]
    BAD = [
        (["12a"], "12a is not a whole number (it is argument 1 of {})"),
        (["7", "", "8"], '"" is not a whole number (it is argument 2 of {})'),
        (["-5"], "below zero"),
        (["1e99999"], "too large"),
        (["7", "--input", "x"], "is given numbers twice"),
    ]

    def refused(self, answer, words, status=2):
        self.assertEqual(answer.status, status, answer.err)
        self.assertIn(words, answer.err)
        self.assertEqual(answer.out, "")
        said = [line for line in answer.err.splitlines() if line.startswith("cohort-primes: ")]
        self.assertEqual(len(said), 1, answer.err)

    def test_a_bad_line_is_refused_before_any_work_with_its_number(self):
        for text, words in self.BAD_LINES:
            for name in ("test", "factor"):
                with self.subTest(command=name, text=text):
                    self.refused(run(name, stdin=text, ranks=0), words)
            with self.subTest(ranks=FEW_RANKS[-1], text=text):
                self.refused(run("factor", stdin=text, ranks=FEW_RANKS[-1]), words)

    def test_a_bad_line_far_on_ends_the_answers_and_is_named(self):
        text = "".join(f"{n}\n" for n in range(1, 3001)) + "12a\n7\n"
        path = self.path("numbers.txt")
        with open(path, "w") as file:
            file.write(text)
        expected = gnu_factor(range(1, 3001))
        for ranks in FEW_RANKS:
            for arguments, stdin, name in [([], text, "standard input"), (["--input", path], None, path)]:
                with self.subTest(ranks=ranks, name=name):
                    answer = run("factor", *arguments, stdin=stdin, ranks=ranks)
                    self.assertEqual(answer.status, 2, answer.err)
                    self.assertIn(f"12a is not a whole number (it is line 3001 of {name})", answer.err)
                    self.assertTrue(expected.startswith(answer.out))
                    self.assertTrue(answer.out == "" or answer.out.endswith("\n"))

    def test_a_bad_argument_is_refused_with_its_number(self):
        for arguments, words in self.BAD:
            for name in ("test", "factor"):
                with self.subTest(command=name, arguments=arguments):
                    self.refused(run(name, *arguments, ranks=0), words.format(name))
        arguments, words = self.BAD[0]
        self.refused(run("test", *arguments, ranks=FEW_RANKS[-1]), words.format("test"))

    def test_a_bad_line_of_a_file_is_named(self):
        path = self.path("numbers.txt")
        with open(path, "w") as file:
            file.write("1\n2\n3x\n")
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                self.refused(run("factor", "--input", path, ranks=ranks), "3x is not a whole number (it is line 3 of ")

    def test_a_file_that_cannot_be_read_is_an_error_of_storage(self):
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                self.refused(run("factor", "--input", self.path("none.txt"), ranks=ranks), "(No such file or directory)", 74)
                self.refused(run("test", "--input", self.folder, ranks=ranks), "(Is a directory)", 74)

    def test_smallest_takes_64_bits(self):
        for number, words in [("2^64", "too large"), ("1", "too small"), ("0", "too small"), ("x", "not a whole number")]:
            with self.subTest(number=number):
                self.refused(run("factor", "--smallest", number, ranks=0), words)
        self.refused(run("factor", "--smallest", stdin="9\n1\n", ranks=FEW_RANKS[-1]), "1 is too small (it is line 2 of ")
        self.refused(run("factor", "--smallest", "--exponents", "8", ranks=0), "do not go together")

    def test_a_terminal_is_not_waited_for(self):
        user, terminal = os.openpty()
        try:
            done = subprocess.run(command("factor", ranks=0), stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertIn("is given no numbers; name them as arguments, by --input FILE", done.stderr)
        finally:
            os.close(user)
            os.close(terminal)

    def test_the_failure_is_in_the_json_too(self):
        answer = run("factor", "12a", "--json", ranks=0)
        self.assertEqual(answer.status, 2)
        self.assertEqual(json.loads(answer.out)["error"]["kind"], "usage")


if __name__ == "__main__":
    unittest.main()
