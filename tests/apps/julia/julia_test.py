"""cohort-julia end to end: the same counts and colours on any ranks, what others read of its files, and refusals."""

import hashlib
import json
import os
import signal
import struct
import subprocess
import time
import unittest
import zlib

import h5py
import numpy

from cohort_app import Case, allowed, command, run, run_json

RANKS = allowed(0, 1, 2, 3, 5)

# High Performance Python; the last is the book's own check.
SUMS = [(100, "334236"), (500, "8306884"), (1000, "33219980")]


def read_png(name):
    """The rows of an 8-bit RGB picture as an array, and its texts. Checks every checksum."""
    with open(name, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, texts, kinds = 8, b"", {}, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", body[:10])
            assert (depth, colours) == (8, 2)
        elif kind == b"IDAT":
            packed += body
        elif kind == b"tEXt":
            key, text = body.split(b"\0")
            texts[key.decode()] = text.decode()
        kinds.append(kind)
        at += 12 + size
    assert kinds[0] == b"IHDR" and kinds[-1] == b"IEND"
    raw = numpy.frombuffer(zlib.decompress(packed), numpy.uint8).reshape(height, 1 + 3 * width)
    pixels = raw[:, 1:].reshape(height, width, 3)
    if width == 1:
        return pixels, texts
    assert (raw[:, 0] == 1).all()  # each byte is the difference to the pixel before
    return numpy.cumsum(pixels, axis=1, dtype=numpy.uint8), texts


def slow_counts(width, height, max_iter, c, x1, x2, y1, y2):
    """The rule, pixel by pixel; Python's floats round each operation by itself."""
    counts = numpy.zeros((height, width), int)
    for j in range(height):
        for i in range(width):
            re, im, n = x1 + i * ((x2 - x1) / width), y2 - j * ((y2 - y1) / height), 0
            while re * re + im * im < 4 and n < max_iter:
                re, im, n = re * re - im * im + c.real, 2 * re * im + c.imag, n + 1
            counts[j, i] = n
    return counts


def hash_of(array):
    return hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()


class Answer(Case):
    def test_the_books_pictures_have_the_books_sums_on_any_number_of_ranks(self):
        for ranks in RANKS:
            for side, total in SUMS if ranks == 0 else SUMS[1:2]:
                with self.subTest(ranks=ranks, side=side):
                    answer = run_json("--size", f"{side}x{side}", ranks=ranks)
                    self.assertEqual(answer["sum"], total)
                    self.assertEqual((answer["width"], answer["height"], answer["max_iter"]), (side, side, 300))
                    self.assertEqual((answer["ranks"], answer["arithmetic"]), (max(ranks, 1), "ieee"))

    def test_the_defaults_are_the_book(self):
        spelt = ["--width", 1000, "--height", 1000, "--max-iter", 300, "--c", "-0.62772,-0.42193", "--x", "-1.8,1.8",
                 "--y", "-1.8,1.8"]
        self.assertEqual(run_json(ranks=0)["sum"], SUMS[-1][1])
        self.assertEqual(run_json(*spelt, ranks=0)["sum"], SUMS[-1][1])

    def test_no_kernel_changes_the_sum(self):
        for isa in ("portable", None):
            environment = {"COHORT_ISA": isa} if isa else {}
            self.assertEqual(run_json("--size", "500x500", ranks=0, environment=environment)["sum"], SUMS[1][1])

    def test_complex_numbers_are_read_in_every_form(self):
        small = ["--size", "100x80"]
        sums = {run_json(*small, "--c", text, ranks=0)["sum"] for text in ("-0.8,0.156", "-0.8+0.156i", "-0.8+0.156j")}
        self.assertEqual(len(sums), 1)

    def test_a_centre_and_a_span_give_square_pixels(self):
        by_span = run_json("--size", "120x60", "--center", "0.5,-0.25", "--span", "2", ranks=0)
        by_ends = run_json("--size", "120x60", "--x", "-0.5,1.5", "--y", "-0.75,0.25", ranks=0)
        self.assertEqual(by_span["sum"], by_ends["sum"])

    def test_without_an_output_it_says_that_nothing_was_written_and_how(self):
        told = run("--size", "50x50", "--quiet", ranks=0, folder=self.folder)
        self.assertEqual((told.status, told.err), (0, ""))
        self.assertRegex(told.out, r"nothing was written; .*--png FILE.*--output FILE")
        told = run("--size", "50x50", "--json", ranks=0, folder=self.folder)
        json.loads(told.out)
        self.assertIn("nothing was written; ", told.err)
        self.assertEqual(os.listdir(self.folder), [])

    def test_with_outputs_it_names_them(self):
        told = run("--size", "50x50", "--png", "a.png", "--output", "a.h5", "--quiet", ranks=0, folder=self.folder)
        self.assertEqual((told.status, told.err), (0, ""))
        self.assertNotIn("nothing", told.out)
        self.assertIn("a.png", told.out)
        self.assertIn("a.h5", told.out)

    def test_j_starts_the_ranks_itself(self):
        ranks = allowed(2, 3)[-1]
        answer = run_json("--size", "100x100", "-j", ranks, ranks=0)
        self.assertEqual((answer["ranks"], answer["sum"]), (ranks, SUMS[0][1]))


class Counts(Case):
    def iterations(self, *arguments, ranks=0):
        name = self.path("counts.h5")
        run_json(*arguments, "--output", name, ranks=ranks)
        with h5py.File(name) as file:
            return file["iterations"][:]

    def test_every_pixel_follows_the_rule_with_row_0_at_the_top(self):
        counts = self.iterations("--size", "61x47", "--max-iter", 90, "--c", "-0.4+0.6i", "--x", "-1.5,0.9", "--y", "-0.3,1.3",
                                 ranks=allowed(2, 0)[0])
        expected = slow_counts(61, 47, 90, complex(-0.4, 0.6), -1.5, 0.9, -0.3, 1.3)
        self.assertFalse((expected == expected[::-1]).all())
        numpy.testing.assert_array_equal(counts, expected)

    def test_the_bits_are_the_same_for_every_number_of_ranks_with_and_without_a_picture(self):
        hashes = {hash_of(self.iterations("--size", "613x530", ranks=ranks)) for ranks in RANKS[:3]}
        pictures = set()
        for ranks in RANKS:
            hashes.add(hash_of(self.iterations("--size", "613x530", "--png", self.path("a.png"), ranks=ranks)))
            pictures.add(hash_of(read_png(self.path("a.png"))[0]))
        self.assertEqual((len(hashes), len(pictures)), (1, 1))

    def test_the_bits_are_the_same_for_every_schedule(self):
        hashes = set()
        pictures = set()
        for number, schedule in enumerate("auto static cyclic fixed dynamic guided factoring".split()):
            arguments = ["--size", "256x530", "--span", 4, "--schedule", schedule]  # half of it mirrored
            if schedule in ("fixed", "dynamic", "cyclic"):
                arguments += ["--chunk", 7]
            # With a picture and without one, the call is another: each of them for every other schedule.
            if number % 2 == 0:
                arguments += ["--png", self.path("a.png")]
            hashes.add(hash_of(self.iterations(*arguments, ranks=allowed(3, 0)[0])))
            if number % 2 == 0:
                pictures.add(hash_of(read_png(self.path("a.png"))[0]))
        self.assertEqual((len(hashes), len(pictures)), (1, 1))

    def test_it_is_an_hdf5_image_with_a_palette_and_axes(self):
        name = self.path("a.h5")
        run_json("--size", "64x40", "--x", "-1,1.5", "--y", "-0.5,0.75", "--output", name, ranks=allowed(2, 0)[0])
        with h5py.File(name) as file:
            image = file["iterations"]
            self.assertEqual(image.shape, (40, 64))
            self.assertIsNotNone(image.chunks)
            text = lambda key: bytes(numpy.bytes_(image.attrs[key])).decode()
            self.assertEqual(text("CLASS"), "IMAGE")
            self.assertEqual(text("IMAGE_SUBCLASS"), "IMAGE_INDEXED")
            self.assertEqual(text("DISPLAY_ORIGIN"), "UL")
            palette = file[numpy.ravel(image.attrs["PALETTE"])[0]]
            self.assertEqual(bytes(numpy.bytes_(palette.attrs["CLASS"])), b"PALETTE")
            self.assertEqual((palette.shape, palette.dtype), ((256, 3), numpy.uint8))
            self.assertGreater(len({tuple(colour) for colour in palette[:]}), 100)
            self.assertLess(int(palette[255].sum()), 60)  # the inside is dark
            numpy.testing.assert_array_equal(image.dims[1][0][:], [-1 + i * (2.5 / 64) for i in range(64)])
            numpy.testing.assert_array_equal(image.dims[0][0][:], [0.75 - j * (1.25 / 40) for j in range(40)])
            self.assertEqual((image.dims[1][0].name, image.dims[0][0].name), ("/x", "/y"))

    def test_counts_are_16_bits_where_they_fit_and_32_where_not(self):
        for limit, kind in ((65535, "<u2"), (65536, "<u4")):
            with self.subTest(limit=limit):
                counts = self.iterations("--size", "9x7", "--max-iter", limit, "--c", "0,0", "--x", "-3,3", "--y", "-3,3")
                self.assertEqual(counts.dtype, numpy.dtype(kind))
                self.assertEqual(counts.max(), limit)

    def test_compression_changes_the_size_and_no_bits(self):
        sizes, hashes = [], set()
        for level in (0, 1, 9):
            for ranks in RANKS if level == 1 else RANKS[:1] + RANKS[3:4]:
                hashes.add(hash_of(self.iterations("--size", "701x530", "--compress", level, ranks=ranks)))
            with h5py.File(self.path("counts.h5")) as file:
                image = file["iterations"]
                self.assertEqual((image.compression, image.compression_opts), ("gzip", level) if level else (None, None))
                sizes.append(image.id.get_storage_size())
        self.assertEqual(len(hashes), 1)
        self.assertGreater(sizes[0], 10 * sizes[1])
        self.assertGreater(sizes[1], sizes[2])

    def smooth(self, *arguments, ranks=0, environment=None):
        name = self.path("smooth.h5")
        run_json(*arguments, "--smooth", "--output", name, ranks=ranks, environment=environment or {})
        with h5py.File(name) as file:
            self.assertEqual([axis[0].name for axis in file["smooth"].dims], ["/y", "/x"])
            return file["iterations"][:], file["smooth"][:]

    def test_smooth_counts_are_close_to_counts_and_nan_inside(self):
        counts, smooth = self.smooth("--size", "300x200")
        self.assertEqual(smooth.dtype, numpy.float32)
        inside = counts == 300
        self.assertTrue(0 < inside.sum() < counts.size)
        numpy.testing.assert_array_equal(numpy.isnan(smooth), inside)
        # By one step farther, at most two for the largest z; they may differ by half a step from the whole count.
        away = smooth[~inside] - counts[~inside]
        self.assertLess(numpy.abs(away - numpy.median(away)).max(), 2)
        # Where whole counts jump by one, smooth ones hardly do.
        edge = ~inside[:, 1:] & ~inside[:, :-1] & (numpy.diff(counts.astype(int), axis=1) == 1) & (counts[:, 1:] < 6)
        self.assertGreater(edge.sum(), 100)
        self.assertLess(numpy.median(numpy.abs(numpy.diff(smooth, axis=1)[edge])), 0.3)

    def test_smooth_counts_are_the_same_bits_on_any_ranks_and_kernels(self):
        hashes = {hash_of(self.smooth("--size", "613x530", ranks=ranks)[1]) for ranks in RANKS[:1] + RANKS[2:]}
        hashes.add(hash_of(self.smooth("--size", "613x530", environment={"COHORT_ISA": "portable"})[1]))
        hashes.add(hash_of(self.smooth("--size", "613x530", "--png", self.path("a.png"), "--compress", 0)[1]))
        self.assertEqual(len(hashes), 1)

    def test_fused_arithmetic_is_another_rule_and_the_file_says_which(self):
        for arithmetic in ("ieee", "fma"):
            counts = [self.iterations("--size", "400x400", "--arithmetic", arithmetic, ranks=ranks) for ranks in RANKS[::3]]
            self.assertEqual(len({hash_of(each) for each in counts}), 1)
            self.assertEqual(run_json("--size", "9x9", "--arithmetic", arithmetic, ranks=0)["arithmetic"], arithmetic)
            with h5py.File(self.path("counts.h5")) as file:
                self.assertIn(file.attrs["arithmetic"], (arithmetic, arithmetic.encode()))

    def test_the_file_says_what_made_it(self):
        name = self.path("a.h5")
        answer = run_json("--size", "50x40", "--output", name, ranks=allowed(2, 0)[0])
        with h5py.File(name) as file:
            attributes = file.attrs
            self.assertIn(attributes["program"], ("cohort-julia", b"cohort-julia"))
            self.assertEqual(str(attributes["sum"]), answer["sum"])
            self.assertEqual(attributes["ranks"], answer["ranks"])
            self.assertIn("--size 50x40", str(attributes["command_line"]))


class Pictures(Case):
    def test_the_picture_has_the_size_that_was_asked_for(self):
        for size, ranks in (("1x1", 3), ("1x300", 0), ("301x1", 3), ("77x53", 0)):
            with self.subTest(size=size):
                name = self.path("a.png")
                run_json("--size", size, "--png", name, ranks=allowed(ranks, 0)[0])
                pixels, texts = read_png(name)
                self.assertEqual(f"{pixels.shape[1]}x{pixels.shape[0]}", size)
                self.assertEqual(texts["Software"], "cohort-julia")

    def test_mirrored_rows_are_where_they_belong(self):
        png, data = self.path("a.png"), self.path("a.h5")
        run_json("--size", "256x192", "--x", "-2,2", "--y", "-2,1", "--max-iter", 40, "--png", png, "--output", data,
                 ranks=allowed(3, 0)[0])
        pixels = read_png(png)[0]
        with h5py.File(data) as file:
            counts = file["iterations"][:]
        numpy.testing.assert_array_equal(counts, slow_counts(256, 192, 40, complex(-0.62772, -0.42193), -2, 2, -2, 1))
        # Row 64 is the real axis, column 128 the imaginary one; below row 128 nothing is mirrored.
        for values in (pixels, counts):
            part = values[:129, 1:]
            numpy.testing.assert_array_equal(part, part[::-1, ::-1])
            self.assertFalse((part == part[::-1]).all())
        self.assertGreater(len(numpy.unique(pixels[129:].reshape(-1, 3), axis=0)), 50)

    def test_the_inside_is_dark_and_the_outside_has_smooth_colours(self):
        png, data = self.path("a.png"), self.path("a.h5")
        for palette in "dusk ember lagoon orchid gray".split():
            with self.subTest(palette=palette):
                run_json("--size", "400x300", "--palette", palette, "--png", png, "--output", data, "--force", ranks=0)
                pixels = read_png(png)[0].astype(int)
                with h5py.File(data) as file:
                    counts = file["iterations"][:]
                self.assertTrue((pixels[counts == 300].sum(axis=1) < 60).all())
                # Counts jump in the outermost columns; colours must not.
                edge, steps = pixels[:, :8], numpy.abs(numpy.diff(pixels[:, :8], axis=0)).max()
                self.assertGreater(len({tuple(colour) for colour in edge.reshape(-1, 3)}), 20)
                self.assertLessEqual(steps, 6)

    def test_palettes_differ(self):
        pictures = set()
        for palette in "dusk ember lagoon orchid gray".split():
            name = self.path(f"{palette}.png")
            run_json("--size", "50x50", "--palette", palette, "--png", name, ranks=0)
            pictures.add(hash_of(read_png(name)[0]))
        self.assertEqual(len(pictures), 5)


class Files(Case):
    def contents(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def test_its_own_picture_is_replaced_and_nobody_elses_without_force(self):
        name = self.path("a.png")
        run_json("--size", "50x50", "--png", name, ranks=0)
        first = self.contents("a.png")
        run_json("--size", "60x50", "--png", name, ranks=0)
        ours = self.contents("a.png")
        self.assertNotEqual(first, ours)
        others = {"text": b"dear diary", "cut": ours[:-12], "named": ours.replace(b"cohort-julia", b"cohort-other"), "empty": b""}
        for kind, content in others.items():
            with self.subTest(kind=kind):
                with open(name, "wb") as file:
                    file.write(content)
                refused = run("--size", "50x50", "--png", name, ranks=allowed(3, 0)[0] if kind == "text" else 0)
                self.assertEqual(refused.status, 74)
                self.assertIn("--force", refused.err)
                self.assertEqual(self.contents("a.png"), content)
                run_json("--size", "50x50", "--png", name, "--force", ranks=0)
                self.assertEqual(self.contents("a.png"), first)
        self.assertEqual(os.listdir(self.folder), ["a.png"])

    def test_a_link_is_followed_and_kept(self):
        os.symlink("target.png", self.path("link.png"))
        run_json("--size", "50x50", "--png", self.path("link.png"), ranks=0)
        self.assertTrue(os.path.islink(self.path("link.png")))
        self.assertEqual(read_png(self.path("target.png"))[0].shape, (50, 50, 3))

    def test_a_full_disk_touches_nothing_and_says_so(self):
        run_json("--size", "50x50", "--png", self.path("a.png"), ranks=0)
        before = self.contents("a.png")
        # mpiexec itself needs larger files.
        limit = ["bash", "-c", 'trap "" XFSZ; ulimit -f 8; exec "$@"', "bash"]
        done = subprocess.run(limit + command("--png", self.path("a.png"), "--quiet", ranks=0), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertNotIn(done.returncode, (0, 2))
        self.assertRegex(done.stderr, r"^cohort-julia: .*larger than files may be.*\n$")
        self.assertEqual(self.contents("a.png"), before)
        self.assertEqual(os.listdir(self.folder), ["a.png"])

    def test_ctrl_c_ends_even_endless_bands_and_leaves_nothing(self):
        # The inside of this set turns by an irrational number, so that no orbit is found to repeat itself.
        siegel = "-0.390540870218,-0.586787907346"
        endless = ["--size", "1000x1000", "--max-iter", "4e9", "--c", siegel, "--quiet"]
        for outputs in ([], ["--png", self.path("a.png")], ["--output", self.path("a.h5")]):
            process = subprocess.Popen(command(*endless, *outputs, ranks=0), text=True, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            out, err = process.communicate()
            self.assertLess(time.monotonic() - began, 5)
            self.assertEqual((process.returncode, out), (130, ""), err)
            self.assertEqual(os.listdir(self.folder), [])

    def test_a_killed_run_leaves_the_old_picture_and_does_not_hinder_the_next(self):
        name = self.path("a.png")
        run_json("--size", "50x50", "--png", name, ranks=0)
        before = self.contents("a.png")
        long_run = subprocess.Popen(command("--size", "20000x20000", "--png", name, ranks=0),
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists(self.path(".a.png.part")):
            time.sleep(0.01)
        long_run.send_signal(signal.SIGKILL)
        long_run.wait()
        self.assertEqual(self.contents("a.png"), before)
        run_json("--size", "50x50", "--png", name, ranks=0)
        self.assertEqual(os.listdir(self.folder), ["a.png"])


class Refusal(Case):
    BAD = [
        ["--width", "0"],
        ["--width", "-5"],
        ["--height", "1.5"],
        ["--size", "10"],
        ["--size", "10x"],
        ["--size", "0x10"],
        ["--size", "1e12x1e12"],
        ["--size", "1000001x1"],
        ["--size", "10x10", "--width", "20"],
        ["--max-iter", "0"],
        ["--max-iter", "2^32"],
        ["--max-iter", "nan"],
        ["--size", "1e6x1e6", "--max-iter", "4e9"],
        ["--c", "nan,0"],
        ["--c", "1,2,3"],
        ["--c", ""],
        ["--x", "1.8,-1.8"],
        ["--x", "1,1"],
        ["--y", "0"],
        ["--y", "-1e308,1.7e308"],
        ["--x", "-1,1", "--center", "0,0"],
        ["--center", "0,0", "--span", "0"],
        ["--span", "-1"],
        ["--span", "inf"],
        ["--palette", "mud"],
        ["--arithmetic", "exact"],
        ["--smooth"],
        ["--compress", "1"],
        ["--compress", "13", "--output", "a.h5"],
        ["--png", "same", "--output", "./same"],
        ["--no-such-option"],
        ["stray"],
    ]

    def test_bad_input_is_refused_on_every_rank_with_one_message_and_writes_nothing(self):
        for ranks in allowed(0, 3):
            # Under mpiexec each takes a second or more; some will do.
            for arguments in self.BAD if ranks == 0 else self.BAD[::16]:
                with self.subTest(ranks=ranks, arguments=arguments):
                    began = time.monotonic()
                    refused = run(*arguments, ranks=ranks, folder=self.folder)
                    self.assertEqual(refused.status, 2, refused.err)
                    self.assertEqual(refused.out, "")
                    self.assertEqual(len([line for line in refused.err.splitlines() if line.startswith("cohort-julia: ")]), 1)
                    if ranks == 0:
                        self.assertLess(time.monotonic() - began, 2)
                    self.assertEqual(os.listdir(self.folder), [])

    def test_an_output_that_cannot_be_is_refused_before_any_work(self):
        os.mkdir(self.path("folder"))
        for option in ("--png", "--output"):
            for name in ("none/a", "folder", "folder/"):
                for ranks in allowed(0, 3) if name == "none/a" else [0]:
                    with self.subTest(option=option, name=name, ranks=ranks):
                        refused = run("--size", "100000x100000", option, name, ranks=ranks, folder=self.folder)
                        self.assertEqual(refused.status, 74, refused.err)
                        self.assertRegex(refused.err, r"(?m)^cohort-julia: .* \(.*\); .*" + option if name == "none/a" else "cohort-julia: ")
                        self.assertEqual(os.listdir(self.folder), ["folder"])

    def test_a_bad_second_output_leaves_the_first_alone(self):
        run_json("--size", "50x50", "--output", self.path("a.h5"), ranks=0)
        with open(self.path("a.h5"), "rb") as file:
            before = file.read()
        refused = run("--output", self.path("a.h5"), "--png", self.path("none/a.png"), ranks=allowed(2, 0)[0])
        self.assertEqual(refused.status, 74)
        with open(self.path("a.h5"), "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(os.listdir(self.folder), ["a.h5"])


if __name__ == "__main__":
    unittest.main()
