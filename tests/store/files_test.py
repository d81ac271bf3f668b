"""What a program leaves on the disk, as h5py and the shell see it: whole files, or none."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy as np

from cohort_app import MPIEXEC, RANKS, Case, Finished, command, run

WIDTH, HEIGHT = 601, 523


class Sample(Case):
    def setUp(self):
        super().setUp()
        self.file = self.path("a.h5")

    def written(self, count=1000, *more):
        done = run("write", self.file, count, *more)
        self.assertEqual((done.status, done.out, done.err), (0, "", ""))
        return h5py.File(self.file, "r")

    def each(self, jobs):
        """What each of the jobs came to, all in one run, for starting one takes longer than most of them."""
        words = [word for job in jobs for word in ("+", *job)][1:]
        done = run("each", *words)
        self.assertEqual((done.status, done.err), (0, ""))
        self.assertEqual(len(done.out.splitlines()), len(jobs), done.out)
        return done.out.splitlines()

    def left(self):
        """All that lies in the folder."""
        return sorted(os.listdir(self.folder))

    def assertFails(self, done, status, *words):
        """The status, and one line of ours: nothing by HDF5, by MPI-IO, or twice."""
        self.assertEqual(done.status, status, done)
        lines = [line for line in done.err.splitlines() if "sample: " in line]
        self.assertEqual(len(lines), 1, done.err)
        for word in words:
            self.assertIn(word, lines[0])
        for noise in ("HDF5-DIAG", "mca_", "vulcan", "Segmentation", "Error in", "signal"):
            self.assertNotIn(noise, done.err)


class Contents(Sample):
    """What is in files, all of which one run writes."""

    COMPRESSED = (1, 999, 1000, 54_321)

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="cohort-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.shared = folder.name
        jobs = [("write", cls.of("a"), 1000), ("copy", cls.of("a"), cls.of("copied")), ("write", cls.of("empty"), 0)]
        jobs += [("compress", cls.of(f"compressed-{count}"), count) for count in cls.COMPRESSED]
        words = [word for job in jobs for word in ("+", *job)][1:]
        cls.done = run("each", *words)

    @classmethod
    def of(cls, name):
        return os.path.join(cls.shared, name + ".h5")

    def opened(self, name="a"):
        return h5py.File(self.of(name), "r")

    def test_all_were_written_and_nothing_else_was_left(self):
        self.assertEqual(self.done, Finished(0, 7 * "done\n", ""))
        names = ["a", "copied", "empty", *(f"compressed-{count}" for count in self.COMPRESSED)]
        self.assertEqual(sorted(os.listdir(self.shared)), sorted(name + ".h5" for name in names))

    def test_a_column_is_what_was_computed(self):
        with self.opened() as file:
            np.testing.assert_array_equal(file["squares"][...], np.arange(1000.0) ** 2)
            self.assertEqual(file["squares"].dtype, np.float64)

    def test_a_growing_column_has_every_part_in_the_order_of_ranks(self):
        ranks = max(RANKS, 1)
        with self.opened() as file:
            expected = [rank for _ in range(3) for rank in range(ranks) for _ in range(rank + 1)]
            self.assertEqual(list(file["growing"]), expected)

    def test_an_image_is_what_viewers_want(self):
        with self.opened() as file:
            image = file["picture"]
            x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
            np.testing.assert_array_equal(image[...], (x * 31 + y * 17) % 70000)
            self.assertEqual(image.dtype, np.uint32)
            self.assertIsNotNone(image.chunks)
            words = {name: text(image.attrs[name]) for name in ("CLASS", "IMAGE_VERSION", "IMAGE_SUBCLASS")}
            self.assertEqual(words, {"CLASS": "IMAGE", "IMAGE_VERSION": "1.2", "IMAGE_SUBCLASS": "IMAGE_INDEXED"})
            self.assertEqual(list(image.attrs["IMAGE_MINMAXRANGE"]), [0, 69999])
            palette = file[image.attrs["PALETTE"][0]]
            self.assertEqual(palette.shape, (256, 3))
            self.assertEqual(list(palette[200]), [200, 55, 7])
            self.assertEqual(text(palette.attrs["CLASS"]), "PALETTE")

    def test_axes_are_dimension_scales(self):
        with self.opened() as file:
            image = file["picture"]
            self.assertEqual([axis.label for axis in image.dims], ["y", "x"])
            np.testing.assert_array_equal(image.dims[1][0][...], -1 + 0.5 * np.arange(WIDTH))
            np.testing.assert_array_equal(image.dims[0][0][...], 3 - 0.25 * np.arange(HEIGHT))

    def test_a_file_says_where_it_comes_from(self):
        with self.opened() as file:
            says = {name: file.attrs[name] for name in file.attrs}
            self.assertEqual(text(says["program"]), "sample")
            self.assertEqual(text(says["version"]), "1.2")
            self.assertEqual(text(says["command_line"]), "sample 'a b' \u00e9")
            self.assertEqual(says["seed"], 7)
            self.assertEqual(says["ranks"], max(RANKS, 1))
            self.assertEqual(text(says["hosts"]).split()[0].split(".")[0], os.uname().nodename.split(".")[0])
            self.assertEqual(says["wall_time"], 1.5)
            self.assertEqual(says["complete"], 1)
            start = time.mktime(time.strptime(text(says["start"]), "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
            self.assertLess(abs(time.time() - start), 300)

    def test_a_column_maps_into_another_file(self):
        with self.opened("copied") as file:
            np.testing.assert_array_equal(file["halves"][...], np.arange(1000.0) ** 2 / 2)

    def test_an_empty_column_is_a_column(self):
        with self.opened("empty") as file:
            self.assertEqual(file["squares"].shape, (0,))

    # Compression.

    def compressed(self, count):
        return self.opened(f"compressed-{count}")

    def test_compressed_data_are_those_that_are_not_compressed(self):
        for count in self.COMPRESSED:
            with self.subTest(count=count), self.compressed(count) as file:
                for name in ("noise", "grid", "growing"):
                    plain, packed = file["plain"][name], file["packed"][name]
                    self.assertEqual((packed.dtype, packed.shape), (plain.dtype, plain.shape))
                    np.testing.assert_array_equal(packed[...], plain[...])

    def test_compressed_data_are_the_same_bits_on_any_number_of_ranks(self):
        with self.compressed(54_321) as file:
            noise = (np.arange(54_321, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(16)
            np.testing.assert_array_equal(file["packed/noise"][...], noise)
            x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
            np.testing.assert_array_equal(file["packed/grid"][...], np.float32(0.5) * ((x * 31 + y * 17) % 70000))

    def test_the_filters_are_those_of_hdf5_and_the_room_taken_is_less(self):
        with self.compressed(54_321) as file:
            for name in ("noise", "grid", "growing"):
                packed = file["packed"][name]
                self.assertEqual((packed.compression, packed.compression_opts, packed.shuffle), ("gzip", 1, True))
                self.assertLess(packed.id.get_storage_size(), file["plain"][name].id.get_storage_size())
        said = subprocess.run(["h5dump", "-pH", "-d", "/packed/noise", self.of("compressed-54321")], capture_output=True, text=True).stdout
        self.assertIn("COMPRESSION DEFLATE { LEVEL 1 }", said)
        self.assertIn("PREPROCESSING SHUFFLE", said)
        self.assertEqual(subprocess.run(["h5check", self.of("compressed-54321")], capture_output=True).returncode if shutil.which("h5check") else 0, 0)

    def test_compressed_chunks_lie_apart(self):
        with self.compressed(54_321) as file:
            places = []
            for packed in file["packed"].values():
                for i in range(packed.id.get_num_chunks()):
                    chunk = packed.id.get_chunk_info(i)
                    places.append((chunk.byte_offset, chunk.byte_offset + chunk.size))
        places.sort()
        self.assertTrue(all(one[1] <= next[0] for one, next in zip(places, places[1:])))
        self.assertLessEqual(places[-1][1], os.path.getsize(self.of("compressed-54321")))


@unittest.skipIf(RANKS > 2, "the root decides")
class Replacing(Sample):
    """What may be replaced, and where files can be."""

    def test_a_finished_file_of_the_same_program_is_replaced(self):
        self.assertEqual(self.each([("write", self.file, 10), ("write", self.file, 20)]), ["done", "done"])
        with h5py.File(self.file, "r") as file:
            self.assertEqual(file["squares"].shape, (20,))
        self.assertEqual(self.left(), ["a.h5"])

    def test_anything_else_is_kept_unless_forced(self):
        with h5py.File(self.file, "w") as file:
            file["mine"] = 1
        before = contents(self.file)
        self.assertFails(run("write", self.file, 10), 74, self.file, "sample", "--force")
        self.assertEqual(contents(self.file), before)
        self.written(10, "force").close()

    def test_a_link_stays_a_link(self):
        os.symlink("b.h5", self.file)
        self.assertEqual(self.each([("write", self.file, 10), ("write", self.file, 20)]), ["done", "done"])
        self.assertTrue(os.path.islink(self.file))
        with h5py.File(self.path("b.h5"), "r") as file:
            self.assertEqual(file["squares"].shape, (20,))

    def test_what_cannot_be_written_or_read_is_named(self):
        text, folder, missing = self.path("text"), self.path("folder"), self.path("out")
        with open(text, "w") as file:
            file.write("precious")
        os.mkdir(folder)
        refused = {
            ("write", text, 10): [text, "not a finished file of sample"],
            ("write", folder, 10, "force"): [folder, "it is a folder"],
            ("write", "/dev/null", 10, "force"): ["/dev/null", "no file"],
            ("write", missing + "/a.h5", 10): [missing, "does not exist"],
            ("write", text + "/a.h5", 10): [text, "is not a folder"],
            ("write", self.path("x" * 255), 10): ["xxx", "too long"],
            ("copy", self.path("none.h5"), self.file): ["none.h5", "no such file"],
            ("copy", text, self.file): [text, "not an HDF5 file"],
        }
        for (job, words), line in zip(refused.items(), self.each(list(refused))):
            for word in words:
                with self.subTest(job=job):
                    self.assertIn(word, line)
        self.assertEqual(contents(text), b"precious")
        self.assertEqual(self.left(), ["folder", "text"])

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_is_not_writable_is_named(self):
        os.mkdir(self.path("locked"), 0o500)
        self.assertFails(run("write", self.path("locked/a.h5"), 10), 74, self.path("locked"))


@unittest.skipIf(RANKS > 3, "more are as three")
class Failing(Sample):
    """Failures leave what was there, and nothing else."""

    def test_a_task_that_throws_leaves_the_old_file(self):
        self.written(10).close()
        before = contents(self.file)
        self.assertFails(run("fail", self.file, 1000), 70, "the last one is bad")
        self.assertEqual(contents(self.file), before)
        self.assertEqual(self.left(), ["a.h5"])

    # MPI itself shares memory by files of a few MiB, which the limit holds for as well.
    LIMITS = ((0, 10_000), (4096, 10_000), (300_000, 100_000)) if RANKS == 0 else ((32 << 20, 5_000_000),)

    def test_a_limit_on_files_ends_the_run_and_leaves_the_old_file(self):
        self.written(10).close()
        before = contents(self.file)
        for limit, count in self.LIMITS:
            with self.subTest(limit=limit):
                self.assertFails(self.limited(range(RANKS), limit, "write", self.file, count), 74, self.file)
                self.assertEqual(contents(self.file), before)
                self.assertEqual(self.left(), ["a.h5"])

    @unittest.skipIf(RANKS < 2, "one rank is all ranks")
    def test_a_limit_on_one_rank_ends_the_run_on_all(self):
        for rank in sorted({0, RANKS - 1}):
            with self.subTest(rank=rank):
                self.assertFails(self.limited([rank], 32 << 20, "write", self.file, 5_000_000), 74, self.file)
                self.assertEqual(self.left(), [])

    @unittest.skipIf(RANKS < 2, "one rank is all ranks")
    def test_a_limit_that_a_rank_does_not_reach_itself_never_hangs(self):
        """The last rank may not write where HDF5 keeps its books, behind the data."""
        done = self.limited([RANKS - 1], 32 << 20, "write", self.file, 4_190_000)
        self.assertIn(done.status, (0, 74), done)
        self.assertEqual(self.left(), ["a.h5"] if done.status == 0 else [])

    @unittest.skipIf(os.geteuid() != 0, "only root can mount a small disk")
    def test_wherever_a_disk_becomes_full_there_is_the_whole_file_or_the_old_one(self):
        for job, count, small, others in (("write", 10_000, (64, 1024, 1400), (1420, 1460, 1480, 1500, 1540, 1700, 2600)),
                                          ("compress", 54_321, (600,), (3000, 5200, 6000, 7000))):
            with contextlib.ExitStack() as disks:
                sizes = (*small, *others)
                paths = [os.path.join(disks.enter_context(small_disk(f"{size}k")), "a.h5") for size in sizes]
                for path in paths:
                    with open(path, "w") as file:
                        file.write("old")
                jobs = [(job, path, count, "force") for path in paths]
                for size, path, came_to in zip(sizes, paths, self.each(jobs)):
                    with self.subTest(job=job, size=size):
                        self.assertEqual(os.listdir(os.path.dirname(path)), ["a.h5"])
                        if came_to != "done" or size in small:
                            self.assertIn(path, came_to)
                            self.assertEqual(contents(path), b"old")
                        else:
                            self.assertWhole(job, path)

    def assertWhole(self, job, path):
        with h5py.File(path, "r") as file:
            if job == "write":
                self.assertEqual(file["squares"][9_999], 9_999.0**2)
            else:
                np.testing.assert_array_equal(file["packed/growing"][...], file["plain/growing"][...])

    @unittest.skipIf(os.geteuid() != 0, "only root can mount a small disk")
    def test_a_full_disk_ends_the_run(self):
        with small_disk("1400k") as disk:
            path = os.path.join(disk, "a.h5")
            self.assertFails(run("write", path, 10_000), 74, path)
            self.assertEqual(os.listdir(disk), [])

    def test_a_killed_run_leaves_the_old_file_and_the_next_one_works(self):
        self.written(10).close()
        before = contents(self.file)
        # Without a launcher in between, every process of the run is in one group that can be killed whole.
        running = subprocess.Popen(command("stay", self.file, 1000), start_new_session=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(self.left()) < 2 and running.poll() is None:
            time.sleep(0.05)
        time.sleep(0.3)
        kill_all_of(running)
        self.assertEqual(contents(self.file), before)
        self.written(20).close()
        self.assertEqual(self.left(), ["a.h5"])

    def limited(self, ranks, limit, *arguments):
        """Runs with a limit on the size of files that some of the ranks write."""
        limited = " ".join(str(rank) for rank in ranks) if RANKS else "0"
        # By a shell on each rank, since Open MPI 5.0.7 crashes when it is to start two programs.
        choice = (f'case " {limited} " in *" ${{OMPI_COMM_WORLD_RANK:-0}} "*) exec prlimit --fsize={limit} "$@";; esac\n'
                  'exec "$@"')
        launcher = [MPIEXEC, "-n", str(RANKS)] if RANKS else []
        words = [*launcher, "sh", "-c", choice, "sh", *command(*arguments, ranks=0)]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return Finished(done.returncode, done.stdout, done.stderr)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def kill_all_of(running):
    """kill -9 for a process and all below it."""
    below = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
    parents = dict(tuple(map(int, line.split())) for line in below.splitlines())
    doomed = {running.pid}
    while True:
        more = {pid for pid, parent in parents.items() if parent in doomed} - doomed
        if not more:
            break
        doomed |= more
    for pid in doomed:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    running.wait()


class small_disk:
    """A file system of its own, of so many bytes."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="cohort-disk-")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "none", self.path],
                              capture_output=True, text=True)
        if done.returncode != 0:
            os.rmdir(self.path)
            raise unittest.SkipTest(f"no disk can be mounted here: {done.stderr.strip()}")
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", self.path], check=True)
        os.rmdir(self.path)


if __name__ == "__main__":
    unittest.main()
