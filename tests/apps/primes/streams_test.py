"""cohort-primes between pipes: input that does not come, output that nobody reads, more of either than fits in memory."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import threading
import time
import unittest

from cohort_app import APP, Case, allowed, command

# A rank needs up to 70. AddressSanitizer has a shadow of it all, and keeps what was given back for a while, here not for long.
CHECKED = os.environ.get("ASAN_OPTIONS")
ENOUGH_MIB = 300 if CHECKED else 150
if CHECKED:
    os.environ["ASAN_OPTIONS"] = CHECKED + ":quarantine_size_mb=1"


def ranks_of(process):
    """The pids of the ranks below a process that were told their number, by that number; alone it is rank 0 itself."""
    found, open_ends = {}, [process.pid]
    while open_ends:
        pid = open_ends.pop()
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                variables = dict(entry.partition(b"=")[::2] for entry in file.read().split(b"\0"))
            if os.path.samefile(f"/proc/{pid}/exe", APP):
                found[int(variables.get(b"OMPI_COMM_WORLD_RANK", 0))] = pid
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                open_ends += map(int, file.read().split())
        except OSError:
            pass  # it has just ended
    return found


def status_line(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return next(line.split()[1] for line in file if line.startswith(name + ":"))


def listens(pid, number):
    return int(status_line(pid, "SigCgt"), 16) >> (number - 1) & 1


class Streams(Case):
    def start(self, *arguments, ranks=0, j=0, **how):
        """Starts the program; returns when every rank listens to signals."""
        words = command(*(["-j", j] if j else []), *arguments, "--quiet", ranks=ranks)
        process = subprocess.Popen(words, **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                             "stderr": subprocess.PIPE, **how})
        self.addCleanup(self.finish, process)
        wanted = max(ranks, j, 1)
        while process.poll() is None:
            pids = ranks_of(process)
            if len(pids) == wanted and all(listens(pid, signal.SIGUSR1) for pid in pids.values()):
                process.ranks = pids
                return process
            time.sleep(0.01)
        self.fail(f"{words} ended: {process.communicate()}")

    def finish(self, process):
        process.kill()
        process.wait()
        for stream in process.stdout, process.stderr:
            if stream is not None:
                stream.close()

    def pipe(self):
        """A pipe both of whose ends stay open until the test is over."""
        ends = os.pipe()
        for end in ends:
            self.addCleanup(os.close, end)
        return ends

    def expect_interrupted(self, process, number=signal.SIGUSR1, status=75):
        err = process.stderr.read().decode()
        self.assertEqual(process.wait(), status, err)
        said = [line for line in err.splitlines() if line.startswith("cohort-primes: ")]
        name = "Ctrl-C" if number == signal.SIGINT else number.name
        self.assertEqual(said, [f"cohort-primes: interrupted by {name} (the work was not finished); run it again"], err)


class Silence(Streams):
    """Input that does not come."""

    def test_is_no_reason_to_miss_a_signal_alone(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        silent = self.pipe()[0]
        for number, status in [(signal.SIGTERM, 75), (signal.SIGHUP, 75), (signal.SIGUSR1, 75), (signal.SIGINT, 130)]:
            for source in [{"stdin": silent}, {}]:
                for arguments in [["test"], ["factor", "--smallest"]]:
                    with self.subTest(signal=number, arguments=arguments, source=source):
                        more = [] if source else ["--input", fifo]
                        process = self.start(*arguments, *more, **source)
                        process.send_signal(number)
                        self.expect_interrupted(process, number, status)
                        self.assertEqual(process.stdout.read(), b"")

    def test_does_not_hold_back_what_was_answered(self):
        process = self.start("test", stdin=subprocess.PIPE)
        process.stdin.write(b"97\n" * 4 * 4096)
        process.stdin.flush()
        self.assertEqual(process.stdout.read(40 * 4096), b"97: prime\n" * 4 * 4096)
        process.stdin.close()
        self.assertEqual((process.wait(), process.stderr.read()), (0, b""))

    def test_is_no_reason_to_miss_a_signal_to_any_rank(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        silent = self.pipe()[0]
        test = ["test"], {"stdin": silent}
        smallest = ["factor", "--smallest", "--input", fifo], {}
        cases = []  # started together, since their launcher takes a second or two to see that they are gone
        for count in allowed(2):
            for to, (arguments, how) in [("root", test), ("last", smallest), ("launcher", test)]:
                cases.append((to, self.start(*arguments, j=count, **how)))
        for count in allowed(3):
            for to, (arguments, how) in [("root", smallest), ("last", test)]:
                cases.append((to, self.start(*arguments, ranks=count, **how)))
        for to, process in cases:
            pids = process.ranks
            os.kill({"root": pids[0], "last": pids[max(pids)], "launcher": process.pid}[to], signal.SIGUSR1)
        for to, process in cases:
            with self.subTest(to=to, command=process.args):
                self.expect_interrupted(process)


class Unread(Streams):
    """Output that nobody reads."""

    def stuck(self, *arguments, **how):
        """The program, with a pipe full of its output; and where to read that."""
        path = self.path("numbers.txt")
        with open(path, "w") as file:
            file.write("97\n" * 100_000)
        reader, writer = os.pipe()
        process = self.start(*arguments, "--input", path, stdout=writer, **how)
        os.close(writer)
        waiting = bytearray(4)
        while int.from_bytes(waiting, sys.byteorder) < 50_000:
            time.sleep(0.01)
            fcntl.ioctl(reader, termios.FIONREAD, waiting)
        return process, open(reader, "rb")

    def test_is_no_reason_to_miss_a_signal(self):
        cases = [(0, self.stuck("test"))]
        for count in allowed(2):
            cases += [(to, self.stuck("test", j=count)) for to in (0, 1)]
        for to, (process, _) in cases:
            os.kill(process.ranks[to], signal.SIGUSR1)
        for to, (process, reader) in cases:
            with self.subTest(to=to, command=process.args), reader:
                self.expect_interrupted(process)
                lines = reader.read()
                self.assertGreaterEqual(len(lines), 50_000)
                self.assertEqual(lines, b"97: prime\n" * (len(lines) // 10))

    def test_of_json_ends_before_its_end(self):
        cases = [(0, self.stuck("test", "--json"))]
        for count in allowed(2):
            cases += [(1, self.stuck("test", "--json", j=count))]
        for to, (process, _) in cases:
            os.kill(process.ranks[to], signal.SIGUSR1)
        for to, (process, reader) in cases:
            with self.subTest(to=to, command=process.args), reader:
                self.expect_interrupted(process)
                text = reader.read()
                self.assertTrue(text.startswith(b'{"schema":1,"app":"cohort-primes","version"'))
                self.assertNotIn(b"error", text)

    def test_does_not_hold_up_a_message_in_the_same_place(self):
        process, reader = self.stuck("test", stderr=subprocess.STDOUT)
        with reader:
            process.send_signal(signal.SIGUSR1)
            self.assertEqual(process.wait(), 75)


def feed(process, piece, times):
    """Writes that to the standard input of the process, from a thread, and closes it."""

    def write():
        with contextlib.suppress(BrokenPipeError), process.stdin:  # it may have seen enough
            for _ in range(times):
                process.stdin.write(piece)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


class Memory(Case):
    """More than fits."""

    MIB = 1 << 20

    def run_alone(self, *arguments, piece, times):
        """Status, errors and the most memory, in MiB, that the program had; its output is in the file out. What this process
        has counts, too, so it had better not hold much."""
        with open(self.path("out"), "w+b") as out, open(self.path("err"), "w+b") as err:
            process = subprocess.Popen(command(*arguments, "--quiet", ranks=0), stdin=subprocess.PIPE, stdout=out, stderr=err,
                                       env={**os.environ, "TMPDIR": self.folder})
            thread = feed(process, piece, times)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            thread.join()
            err.seek(0)
            return process.returncode, err.read().decode(), usage.ru_maxrss // 1024

    def test_of_an_answer_in_json_is_bounded(self):
        numbers = [b"97\n", b"18446744073709551557\n", b"91\n"]
        status, err, mib = self.run_alone("test", "--json", piece=b"".join(numbers) * 10_000, times=100)
        self.assertEqual((status, err), (0, ""))
        entries = b",".join(b'{"n":"%s","prime":%s,"proved":true}' % (n.strip(), b"false" if n == b"91\n" else b"true")
                            for n in numbers)
        with open(self.path("out"), "rb") as out:
            head, name, _ = out.read(1000).partition(b',"results":[')
            self.assertEqual(list(json.loads(head + b"}")), ["schema", "app", "version", "status", "ranks", "wall_time",
                                                             "serial_time", "efficiency"])
            out.seek(len(head + name))
            for left in range(999, -1, -1):
                thousand = b",".join([entries] * 1000) + (b"," if left else b"]}\n")
                self.assertEqual(out.read(len(thousand)), thousand)
            self.assertEqual(out.read(), b"")
        self.assertLess(mib, ENOUGH_MIB)
        self.assertEqual(sorted(os.listdir(self.folder)), ["err", "out"])

    def test_of_an_answer_in_json_that_has_no_room_is_an_error(self):
        words = command("test", "--json", "--quiet", ranks=0)
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "TMPDIR": self.path("nowhere")})
        thread = feed(process, b"97\n" * 10_000, 100)
        out, err = process.stdout.read(), process.stderr.read().decode()
        thread.join()
        self.assertEqual(process.wait(), 74)
        error = json.loads(out)["error"]
        self.assertEqual((error["kind"], err), ("store", f"cohort-primes: {error['message']}\n"))
        self.assertIn("nowhere: No such file or directory", err)
        process.stdout.close()
        process.stderr.close()

    def test_of_a_line_without_an_end_is_bounded(self):
        for piece in [b"7", b"\0", b"y"]:
            with self.subTest(piece=piece):
                status, err, mib = self.run_alone("test", piece=piece * self.MIB, times=400)
                self.assertEqual((status, os.path.getsize(self.path("out")), err), (
                    2, 0, "cohort-primes: line 1 of standard input is longer than 1048576 bytes (a line is one number, and "
                            "none that is small enough needs so many); end each number by a new line\n"))
                self.assertLess(mib, ENOUGH_MIB)

    def test_of_remarks_and_blanks_is_bounded(self):
        for piece in [b"#", b" "]:
            with self.subTest(piece=piece):
                status, err, mib = self.run_alone("test", piece=piece * self.MIB, times=400)
                self.assertEqual((status, os.path.getsize(self.path("out"))), (2, 0))
                self.assertIn("test is given no numbers", err)
                self.assertLess(mib, ENOUGH_MIB)

    def test_of_the_root_is_bounded_with_others_too(self):
        for count in allowed(2):
            endless = subprocess.Popen(["yes", "18446744073709551557"], stdout=subprocess.PIPE)
            process = subprocess.Popen(command("test", "--json", "--quiet", "-j", count, ranks=0), stdin=endless.stdout,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(2)
            root = ranks_of(process)[0]
            self.assertLess(int(status_line(root, "VmHWM")) // 1024, ENOUGH_MIB)
            os.kill(root, signal.SIGUSR1)
            out, err = process.communicate()
            endless.kill()
            endless.communicate()
            self.assertEqual(process.returncode, 75, err)
            self.assertEqual(json.loads(out)["error"]["kind"], "interrupted")


if __name__ == "__main__":
    unittest.main()
