"""What a program leaves on the disk, as h5py and the shell see it: whole files, or none."""

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


class Files(Case):
    def setUp(self):
        super().setUp()
        self.file = self.path("a.h5")

    def sample(self, *arguments, **how):
        return run(*arguments, **how)

    def written(self, count=1000, *more):
        done = self.sample("write", self.file, count, *more)
        self.assertEqual((done.status, done.out, done.err), (0, "", ""))
        return h5py.File(self.file, "r")

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

    # What is in a file.

    def test_a_column_is_what_was_computed(self):
        with self.written(1000) as file:
            np.testing.assert_array_equal(file["squares"][...], np.arange(1000.0) ** 2)
            self.assertEqual(file["squares"].dtype, np.float64)

    def test_a_growing_column_has_every_part_in_the_order_of_ranks(self):
        ranks = max(RANKS, 1)
        with self.written() as file:
            expected = [rank for _ in range(3) for rank in range(ranks) for _ in range(rank + 1)]
            self.assertEqual(list(file["growing"]), expected)

    def test_an_image_is_what_viewers_want(self):
        with self.written() as file:
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
        with self.written() as file:
            image = file["picture"]
            self.assertEqual([axis.label for axis in image.dims], ["y", "x"])
            np.testing.assert_array_equal(image.dims[1][0][...], -1 + 0.5 * np.arange(WIDTH))
            np.testing.assert_array_equal(image.dims[0][0][...], 3 - 0.25 * np.arange(HEIGHT))

    def test_a_file_says_where_it_comes_from(self):
        with self.written() as file:
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
        self.written(1000).close()
        done = self.sample("copy", self.file, self.path("b.h5"))
        self.assertEqual((done.status, done.err), (0, ""))
        with h5py.File(self.path("b.h5"), "r") as file:
            np.testing.assert_array_equal(file["halves"][...], np.arange(1000.0) ** 2 / 2)

    def test_an_empty_column_is_a_column(self):
        with self.written(0) as file:
            self.assertEqual(file["squares"].shape, (0,))

    # Compression.

    def compressed(self, count):
        done = self.sample("compress", self.file, count)
        self.assertEqual((done.status, done.out, done.err), (0, "", ""))
        self.assertEqual(self.left(), ["a.h5"])
        return h5py.File(self.file, "r")

    def test_compressed_data_are_those_that_are_not_compressed(self):
        for count in (1, 999, 1000, 54_321):
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
        said = subprocess.run(["h5dump", "-pH", "-d", "/packed/noise", self.file], capture_output=True, text=True).stdout
        self.assertIn("COMPRESSION DEFLATE { LEVEL 1 }", said)
        self.assertIn("PREPROCESSING SHUFFLE", said)
        self.assertEqual(subprocess.run(["h5check", self.file], capture_output=True).returncode if shutil.which("h5check") else 0, 0)

    def test_compressed_chunks_lie_apart(self):
        with self.compressed(54_321) as file:
            places = []
            for packed in file["packed"].values():
                for i in range(packed.id.get_num_chunks()):
                    chunk = packed.id.get_chunk_info(i)
                    places.append((chunk.byte_offset, chunk.byte_offset + chunk.size))
        places.sort()
        self.assertTrue(all(one[1] <= next[0] for one, next in zip(places, places[1:])))
        self.assertLessEqual(places[-1][1], os.path.getsize(self.file))

    @unittest.skipIf(os.geteuid() != 0, "only root can mount a small disk")
    def test_a_disk_that_becomes_full_while_compressing_ends_the_run_and_leaves_the_old_file(self):
        for size in (600, 3000, 5200, 6000, 7000):
            with self.subTest(size=size), small_disk(f"{size}k") as disk:
                old = os.path.join(disk, "a.h5")
                with open(old, "w") as file:
                    file.write("old")
                done = self.sample("compress", old, 54_321, "force")
                if done.status == 0:
                    with h5py.File(old, "r") as file:
                        np.testing.assert_array_equal(file["packed/growing"][...], file["plain/growing"][...])
                else:
                    self.assertFails(done, 74, old)
                    self.assertEqual(contents(old), b"old")
                self.assertEqual(os.listdir(disk), ["a.h5"])

    # What may be replaced, and where files can be.

    def test_a_finished_file_of_the_same_program_is_replaced(self):
        self.written(10).close()
        with self.written(20) as file:
            self.assertEqual(file["squares"].shape, (20,))
        self.assertEqual(self.left(), ["a.h5"])

    def test_anything_else_is_kept_unless_forced(self):
        with h5py.File(self.file, "w") as file:
            file["mine"] = 1
        before = contents(self.file)
        self.assertFails(self.sample("write", self.file, 10), 74, self.file, "sample", "--force")
        self.assertEqual(contents(self.file), before)
        self.written(10, "force").close()

    def test_a_file_that_is_not_hdf5_is_kept(self):
        with open(self.file, "w") as file:
            file.write("precious")
        self.assertFails(self.sample("write", self.file, 10), 74, self.file)
        self.assertEqual(contents(self.file), b"precious")

    def test_a_folder_is_no_output_even_if_forced(self):
        os.mkdir(self.file)
        self.assertFails(self.sample("write", self.file, 10, "force"), 74, self.file)

    def test_a_device_is_no_output_even_if_forced(self):
        self.assertFails(self.sample("write", "/dev/null", 10, "force"), 74, "/dev/null")

    def test_a_folder_that_is_not_there_is_named(self):
        self.assertFails(self.sample("write", self.path("out/a.h5"), 10), 74, self.path("out"), "does not exist")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_is_not_writable_is_named(self):
        os.mkdir(self.path("locked"), 0o500)
        self.assertFails(self.sample("write", self.path("locked/a.h5"), 10), 74, self.path("locked"))

    def test_a_name_that_is_too_long_is_refused(self):
        self.assertFails(self.sample("write", self.path("x" * 255), 10), 74, "xxx")

    def test_a_link_stays_a_link(self):
        os.symlink("b.h5", self.file)
        self.written(10).close()
        self.sample("write", self.file, 20)
        self.assertTrue(os.path.islink(self.file))
        with h5py.File(self.path("b.h5"), "r") as file:
            self.assertEqual(file["squares"].shape, (20,))

    def test_what_is_not_there_cannot_be_read(self):
        done = self.sample("copy", self.path("none.h5"), self.file)
        self.assertFails(done, 74, "none.h5")

    def test_what_is_not_hdf5_cannot_be_read(self):
        with open(self.path("text"), "w") as file:
            file.write("text")
        self.assertFails(self.sample("copy", self.path("text"), self.file), 74, "text")

    # Failures leave what was there, and nothing else.

    def test_a_task_that_throws_leaves_the_old_file(self):
        self.written(10).close()
        before = contents(self.file)
        self.assertFails(self.sample("fail", self.file, 1000), 70, "the last one is bad")
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
        for rank in range(RANKS):
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
    def test_a_full_disk_ends_the_run_and_leaves_the_old_file(self):
        for size in ("64k", "1m", "1400k"):
            with self.subTest(size=size), small_disk(size) as disk:
                old = os.path.join(disk, "a.h5")
                with open(old, "w") as file:
                    file.write("old")
                self.assertFails(self.sample("write", old, 10_000, "force"), 74, old)
                self.assertEqual(contents(old), b"old")
                self.assertEqual(os.listdir(disk), ["a.h5"])

    @unittest.skipIf(os.geteuid() != 0, "only root can mount a small disk")
    def test_an_almost_full_disk_never_hangs(self):
        """Wherever in the run the last byte goes: the file is whole, or absent with the right status."""
        for size in (1420, 1460, 1480, 1500, 1540, 1700, 2600):
            with self.subTest(size=size), small_disk(f"{size}k") as disk:
                path = os.path.join(disk, "a.h5")
                done = self.sample("write", path, 10_000)
                if done.status == 0:
                    with h5py.File(path, "r") as file:
                        self.assertEqual(file["squares"][9_999], 9_999.0**2)
                else:
                    self.assertFails(done, 74, path)
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
