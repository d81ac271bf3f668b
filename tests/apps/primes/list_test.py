"""cohort-primes list end to end: the same primes in a file or printed, on any ranks, or nothing at all."""

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

    def test_primes_that_begin_and_end_hdf5_chunks_are_where_they_belong(self):
        """Several HDF5 chunks, of pieces that begin within them, however a rank learns where its primes go."""
        expected = sieve(30_000_000)
        for ranks in FEW_RANKS:
            for begin, memory in [(0, 256), (0, 0), (1000, 256), (123456, 0)]:
                with self.subTest(ranks=ranks, begin=begin, memory=memory):
                    primes, _ = self.written(begin, "3e7", "--memory", memory, "--force", ranks=ranks)
                    numpy.testing.assert_array_equal(primes, expected[expected >= begin])

    def test_far_up_kept_primes_are_those_that_are_found_by_sieving_twice(self):
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                kept, _ = self.written("1e13", "+2e7", "--force", ranks=ranks)
                self.assertEqual((len(kept), kept[0], kept[-1]), (668725, 10**13 + 37, 10**13 + 19999971))
                twice, _ = self.written("1e13", "+2e7", "--memory", 0, "--force", ranks=ranks)
                numpy.testing.assert_array_equal(kept, twice)

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

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "a checker keeps memory that was freed")
    def test_memory_does_not_grow_with_the_range(self):
        """44 MB of primes on one rank."""
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
            self.assertLess(peaks[1] - peaks[0], 32 * 1024)  # KiB

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
                self.assertEqual(answer.status, 74)
                self.assertIn("--force", answer.err)
                with open(path) as file:
                    self.assertEqual(file.read(), "precious")
                self.assertEqual(os.listdir(self.folder), ["precious.h5"])

    def test_a_folder_that_is_not_there_is_said_at_once(self):
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                answer = run("list", "1e11", "--output", self.path("nowhere/x.h5"), ranks=ranks)
                self.assertEqual(answer.status, 74)
                self.assertIn("nowhere", answer.err)

    def test_a_list_that_no_disk_can_hold_is_refused_at_once(self):
        for ranks in FEW_RANKS:
            with self.subTest(ranks=ranks):
                answer = run("list", "1e16", "--output", self.path("huge.h5"), ranks=ranks)
                self.assertEqual(answer.status, 74)
                self.assertRegex(answer.err, r"huge\.h5 cannot have the primes in \[0, 10{16}\) \(they take about ")
                self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
