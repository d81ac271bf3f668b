"""What every program shares, end to end, with a program that has nothing to do."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
import unittest

import cohort_app
from cohort_app import APP, Case, allowed, run, run_json

OPEN_MPI_4 = "Open MPI v4" in subprocess.run([APP, "--version"], stdout=subprocess.PIPE, text=True).stdout
# -j must work without any of the flags that the tests of other things are given.
HELPFUL = re.compile("^(OMPI|PRTE|PMIX|PMI)_")
BARE = {name: value for name, value in os.environ.items() if not HELPFUL.match(name)}


def start(*arguments, environment=None, **how):
    """Starts the program without mpiexec, and with nothing in its environment that helps mpirun."""
    return subprocess.Popen([APP, *map(str, arguments)], env={**BARE, **(environment or {})}, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, **how)


def run_bare(*arguments, environment=None, stdin=""):
    process = start(*arguments, environment=environment)
    out, err = process.communicate(stdin)
    return cohort_app.Finished(process.returncode, out, err)


def ours(text):
    """The lines of standard error that the program wrote, not mpiexec."""
    return [line for line in text.splitlines() if line.startswith("cohort-echo: ")]


class Information(Case):
    def test_help_has_options_examples_units_and_exit_codes(self):
        done = run_bare("--help")
        self.assertEqual(done.status, 0)
        self.assertEqual(done.err, "")
        for word in ["--ranks", "--seed", "--output", "--force", "--progress", "--quiet", "--json", "Tuning:",
                     "--schedule", "--chunk", "Examples:", "cohort-echo -j 4", "in seconds", "Exit status:", "75", "2^61-1"]:
            self.assertIn(word, done.out)

    def test_version_names_libraries_and_instruction_sets(self):
        done = run_bare("--version")
        self.assertEqual(done.status, 0)
        self.assertRegex(done.out, r"^cohort-echo \d+\.\d+\.\d+\n")
        self.assertRegex(done.out, r"MPI: +\S.*\(MPI \d\.\d\)\nHDF5: \d+\.\d+\.\d+ \(parallel\)\nCPU: ")

    def test_neither_starts_mpi(self):
        # Open MPI says so if it is started, by opening its components.
        for option in ["--help", "--version"]:
            done = run_bare(option, environment={"OMPI_MCA_mca_base_verbose": "stderr", "OMPI_MCA_pml_base_verbose": "100",
                                                 "OMPI_MCA_btl_base_verbose": "100"})
            self.assertEqual((done.status, done.err), (0, ""))

    def test_under_mpiexec_only_one_rank_says_it(self):
        for option in ["--help", "--version"]:
            done = run(option, ranks=allowed(3, 2)[0])
            self.assertEqual(done.status, 0)
            self.assertEqual(done.out, run_bare(option).out)


class Options(Case):
    REFUSED = [
        (["--bogus"], "--bogus is not an option of cohort-echo; cohort-echo --help shows what it takes"),
        (["--cuont", "5"], "--cuont is not an option of cohort-echo (did you mean --count?); "
                           "cohort-echo --help shows what it takes"),
        (["--sched=fixed"], "--sched is not an option of cohort-echo (did you mean --schedule?); "
                            "cohort-echo --help shows what it takes"),
        (["-x"], "-x is not an option of cohort-echo; cohort-echo --help shows what it takes"),
        (["extra"], "extra is one argument too many for cohort-echo; cohort-echo --help shows what it takes"),
        (["-5"], "-5 is below zero (cohort-echo counts from 0 on); cohort-echo --help shows what it takes"),
        (["--count", "12a"], "12a is not a whole number (it is the value of --count); "
                             "write 97, 1_000_000, 1e9 or 2^61-1"),
        (["--count", "-3"], "-3 is below zero (it is the value of --count); write a number from 0 on"),
        (["--count=1001"], "1001 is too large (it is the value of --count); write at most 1000"),
        (["--count"], "--count lacks its value; cohort-echo --help shows what it takes"),
        (["--seed", "1", "--seed", "2"], "--seed is given more than once (it takes one value); leave all but one out"),
        (["--seed", "nan"], "nan is not a whole number (it is the value of --seed); write 97, 1_000_000, 1e9 or 2^61-1"),
        (["-j", "0"], "0 is too small (it is the value of --ranks); write at least 1"),
        (["-j", "most"], "most is not a whole number (it is the value of --ranks); write 97, 1_000_000, 1e9 or 2^61-1"),
        (["--schedule", "fast"], "fast is not a schedule (it is the value of --schedule); "
                                 "write auto, static, cyclic, fixed, guided or factoring"),
        (["--schedule", "static", "--chunk", "4"],
         "--chunk does not go with --schedule static (each rank gets one block there); "
         "take --schedule cyclic, or leave --chunk out"),
        (["--chunk", "0"], "0 is too small (it is the value of --chunk); write at least 1"),
        (["--progress", "loud"], "loud is not a way to show progress (it is the value of --progress); "
                                 "write auto, bar, log or none"),
        (["--count", "13"], "13 is an unlucky number; take another"),
    ]

    def test_bad_ones_end_with_2_and_one_message(self):
        for arguments, message in self.REFUSED:
            with self.subTest(arguments=arguments):
                done = run_bare(*arguments)
                self.assertEqual((done.status, done.out, done.err), (2, "", f"cohort-echo: {message}\n"))

    def test_bad_ones_are_known_before_anything_is_started(self):
        done = run_bare("-j", 3, "--bogus", environment={"COHORT_MPIRUN": "/nowhere/mpirun"})
        self.assertEqual(done.status, 2)
        self.assertIn("--bogus is not an option", done.err)

    def test_bad_ones_under_mpiexec_end_every_rank_with_one_message(self):
        for arguments, message in self.REFUSED[:1] + self.REFUSED[-1:]:
            with self.subTest(arguments=arguments):
                done = run(*arguments, ranks=allowed(3, 2)[0])
                self.assertEqual((done.status, done.out, ours(done.err)), (2, "", [f"cohort-echo: {message}"]))

    def test_with_json_a_failure_is_an_object_too(self):
        for arguments in [["--bogus", "--json"], ["--json", "--count", "13"]]:
            done = run_bare(*arguments)
            self.assertEqual(done.status, 2)
            error = json.loads(done.out)
            self.assertEqual(list(error), ["error"])
            self.assertEqual(list(error["error"]), ["kind", "message"])
            self.assertEqual(error["error"]["kind"], "usage")
            self.assertEqual(done.err, f"cohort-echo: {error['error']['message']}\n")

    def test_good_ones_are_taken(self):
        for arguments in [["--schedule", "dynamic", "--chunk", "1e3"], ["--schedule", "cyclic", "--chunk", "2^4"],
                          ["--chunk", "7"], ["--schedule=guided"], ["--progress", "bar"], ["--seed", "2^64-1"]]:
            with self.subTest(arguments=arguments):
                self.assertEqual(run_bare(*arguments).status, 0)


class Answers(Case):
    def test_json_is_one_object_with_the_common_fields_first(self):
        for ranks in [0, 1, *allowed(3, 2)[:1]]:
            answer = run_json("--count", 42, ranks=ranks)
            self.assertEqual(list(answer), ["schema", "app", "version", "status", "ranks", "wall_time", "serial_time",
                                            "efficiency", "count", "bytes", "mpi"])
            self.assertEqual((answer["schema"], answer["app"], answer["status"]), (1, "cohort-echo", "complete"))
            self.assertEqual((answer["ranks"], answer["count"]), (max(ranks, 1), "42"))
            self.assertGreater(answer["wall_time"], 0)

    def test_without_json_there_is_only_the_text(self):
        done = run_bare("--quiet", "--read", stdin="hello")
        self.assertEqual((done.status, done.out, done.err), (0, "1 ranks, 5 bytes\n", ""))

    def test_that_cannot_be_written_are_failures(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([APP, "--quiet"], stdout=full, stderr=subprocess.PIPE, text=True, env=BARE)
        self.assertEqual(done.returncode, 74)
        self.assertEqual(done.stderr, "cohort-echo: cannot write to standard output (No space left on device); "
                                      "send it elsewhere and run again\n")


class Reports(Case):
    LINE = r"cohort-echo: 20 naps in [\d.]+ m?s on 2 ranks: .* of work, speed-up [\d.]+, efficiency \d+ %, slowest rank [01] "

    def on_a_terminal(self, *arguments, columns=80):
        """What the program writes to standard error where that is a terminal."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([APP, *map(str, arguments)], env=BARE, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 4096):
                written += piece
        except OSError:  # the other side is closed
            pass
        os.close(ours)
        self.assertEqual(process.wait(), 0)
        return written.decode().replace("\r\n", "\n")

    def test_a_run_of_several_ranks_ends_with_its_balance(self):
        done = run_bare("-j", 2, "--tasks", 20, "--each", 0.01)
        self.assertRegex(done.err, "^" + self.LINE)
        answer = json.loads(run_bare("-j", 2, "--tasks", 20, "--each", 0.01, "--json").out)
        self.assertGreater(answer["serial_time"], 0.19)
        self.assertAlmostEqual(answer["efficiency"], answer["serial_time"] / answer["wall_time"] / 2)

    def test_quiet_runs_say_nothing_but_the_answer(self):
        for silence in [["--quiet"], ["--progress", "none"]]:
            done = run_bare("-j", 2, "--tasks", 80, "--each", 0.02, *silence)
            self.assertEqual((done.out, done.err), ("2 ranks, 0 bytes\n", ""))

    def test_a_terminal_gets_a_bar_also_through_mpirun(self):
        for ranks in [1, *allowed(2)]:
            for columns in [80, 60]:
                written = self.on_a_terminal("-j", ranks, "--tasks", 60 * ranks, "--each", 0.02, columns=columns)
                bar, rest = written.split("\n", 1)
                drawn = [line.removesuffix("\x1b[K") for line in bar.split("\r")[1:]]
                self.assertGreater(len(drawn), 2, written)
                self.assertRegex(drawn[0], r"^ *\d+ % \[#+\.+\] \d+ of \d+ naps, [\d.]+/s, [\d.]+ m?s left$")
                self.assertRegex(drawn[-1], r"^100 % \[#+\] \d+ naps in [\d.]+ s, [\d.]+/s$")
                self.assertLess(max(map(len, drawn)), columns)
                self.assertRegex(rest, "^cohort-echo: .* naps in ")

    def test_a_bar_can_be_had_without_a_terminal_and_done_without_on_one(self):
        done = run_bare("-j1", "--tasks", 40, "--each", 0.02, "--progress", "bar")
        self.assertIn("\x1b[K", done.err)
        self.assertNotIn("%", self.on_a_terminal("-j1", "--tasks", 40, "--each", 0.02, "--progress", "log"))
        self.assertNotIn("%", run_bare("-j1", "--tasks", 40, "--each", 0.02).err)


class Launching(Case):
    def test_j_starts_so_many_ranks_without_help_from_outside(self):
        for ranks in allowed(2, 3, 5):
            answer = json.loads(run_bare("--json", "-j", ranks).out)
            self.assertEqual((answer["ranks"], answer["mpi"]), (ranks, True))

    def test_j_1_stays_alone_and_starts_no_mpi(self):
        done = run_bare("--json", "-j1")
        self.assertEqual((json.loads(done.out)["mpi"], done.err), (False, ""))

    def test_j_all_takes_the_cores_it_may_use(self):
        cores = len(os.sched_getaffinity(0))
        self.assertEqual(json.loads(run_bare("--json", "--ranks", "all").out)["ranks"], cores)
        first = min(os.sched_getaffinity(0))
        done = subprocess.run(["taskset", "-c", str(first), APP, "--json", "-j", "all"], env=BARE, text=True,
                              stdout=subprocess.PIPE)
        self.assertEqual(json.loads(done.stdout)["ranks"], 1)

    def test_standard_input_reaches_the_root(self):
        for size in [0, 5, 100_000, 3_000_000]:
            done = run_bare("--quiet", "--read", "-j", 2, stdin="x" * size)
            self.assertEqual(done.out, f"2 ranks, {size} bytes\n")

    def test_standard_input_may_be_a_file_that_was_begun(self):
        with open(self.path("input"), "w") as file:
            file.write("x" * 200_000)
        with open(self.path("input"), "rb") as file:
            file.seek(1000)
            for ranks in [1, *allowed(2)]:
                done = subprocess.run([APP, "--quiet", "--read", "-j", str(ranks)], stdin=file, env=BARE, text=True,
                                      stdout=subprocess.PIPE)
                self.assertEqual(done.stdout, f"{ranks} ranks, 199000 bytes\n")
                file.seek(1000)

    def test_standard_input_may_be_written_slowly(self):
        process = start("--quiet", "--read", "-j", 2)
        for _ in range(5):
            time.sleep(0.2)
            process.stdin.write("hello")
            process.stdin.flush()
        self.assertEqual(process.communicate()[0], "2 ranks, 25 bytes\n")

    def test_alone_on_several_cores_one_line_says_so(self):
        cores = len(os.sched_getaffinity(0))
        line = f"cohort-echo: working on 1 of {cores} cores; -j all takes them all\n" if cores > 1 else ""
        self.assertEqual(run_bare().err, line)
        self.assertEqual(run_bare("--quiet").err, "")
        self.assertEqual(run_bare("--progress", "none").err, "")

    def test_a_reader_that_has_seen_enough_ends_the_program_quietly(self):
        for ranks in [1, *allowed(2)]:
            words = f"{APP} --quiet --lines 1000000 -j {ranks} | head -n 2"
            done = subprocess.run(["sh", "-c", words], env=BARE, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            # Of this the launcher of Open MPI 5 cannot be kept from speaking.
            notice = r"-+\nprterun noticed that process rank 0 with PID \d+ on node \S+ exited on\nsignal 13 .*\n-+\n"
            said = re.sub(notice, "", done.stderr)
            self.assertEqual((done.returncode, done.stdout, said), (0, "line 0\nline 1\n", ""))

    def test_j_must_agree_with_the_launcher(self):
        ranks = allowed(2)[0] if allowed(2) else 1
        self.assertEqual(run("-j", ranks, ranks=ranks).status, 0)
        self.assertEqual(run("-j", "all", ranks=ranks).status, 0)
        done = run("-j", ranks + 1, ranks=ranks)
        self.assertEqual((done.status, ours(done.err)),
                         (2, [f"cohort-echo: -j {ranks + 1} cannot be kept (mpirun started {ranks} ranks); "
                              f"leave it out, or start {ranks + 1}"]))

    def test_without_mpirun_j_is_refused(self):
        done = run_bare("-j", 2, environment={"COHORT_MPIRUN": "/nowhere/mpirun"})
        self.assertEqual((done.status, done.err),
                         (2, "cohort-echo: cannot start 2 ranks (/nowhere/mpirun: No such file or directory); "
                             "install mpirun, name it in COHORT_MPIRUN, or leave -j out\n"))

    def test_a_launcher_of_another_mpi_is_noticed(self):
        # LeakSanitizer crashes on some kernels when it looks into the storage of the threads of an MPI that nobody launched.
        checker = {"LSAN_OPTIONS": os.environ.get("LSAN_OPTIONS", "") + ":use_tls=0"}
        first = run_bare(environment={"PMI_RANK": "0", "PMI_SIZE": "4", **checker})
        self.assertEqual(first.status, 2)
        self.assertRegex(first.err, r"^cohort-echo: mpiexec started 4 ranks, but MPI sees 1 \(it does not belong to "
                                    r"[^;]+, which this program uses\); start with the mpirun of that library, or with -j\n$")
        second = run_bare(environment={"PMI_RANK": "1", "PMI_SIZE": "4", **checker})
        self.assertEqual((second.status, second.err), (2, ""))

    def test_srun_without_pmix_is_noticed(self):
        step = {"SLURM_STEP_ID": "0", "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "4"}
        done = run_bare(environment=step)
        self.assertEqual((done.status, done.err),
                         (2, "cohort-echo: the 4 ranks that srun started cannot find one another (srun offered them no "
                             "PMIx); start with srun --mpi=pmix, or with mpirun\n"))

    def test_a_batch_script_of_slurm_is_no_launcher(self):
        for step in [{"SLURM_STEP_ID": "4294967291", "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "4"},
                     {"SLURM_JOB_ID": "7", "SLURM_PROCID": "0", "SLURM_NTASKS": "4"},
                     {"SLURM_STEP_ID": "0", "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"}]:
            self.assertEqual(run_bare("--quiet", environment=step).out, "1 ranks, 0 bytes\n")


class Failures(Case):
    STATUS = {"usage": 2, "two": 2, "store": 74, "memory": 70, "standard": 70, "odd": 70}

    def test_alone_end_with_their_status(self):
        for how, status in self.STATUS.items():
            done = run_bare("--quiet", "--fail", how)
            self.assertEqual((done.status, done.out, len(ours(done.err))), (status, "", 1), how)

    def test_on_all_ranks_are_told_once_by_the_root(self):
        for ranks in allowed(2, 3):
            done = run("--fail", "two", ranks=ranks)
            self.assertEqual((done.status, ours(done.err)), (2, ["cohort-echo: rank 0 has something to say"]))

    def test_on_one_rank_with_the_others_gone_are_told_by_that_rank(self):
        for ranks in allowed(2, 3):
            done = run("--fail", "two", "--on", ranks - 1, "--after", 0.2, ranks=ranks)
            self.assertEqual((done.status, done.out, ours(done.err)),
                             (2, "", [f"cohort-echo: rank {ranks - 1} has something to say"]))

    def test_on_one_rank_end_the_others_wherever_they_are(self):
        for ranks in allowed(2, 3):
            kinds = self.STATUS if ranks == 2 else {"standard": 70}
            for how, status in kinds.items():
                with self.subTest(ranks=ranks, how=how):
                    before = time.monotonic()
                    done = run("--fail", how, "--on", ranks - 1, "--stay", 60, ranks=ranks)
                    # Half a second of grace, a second until mpiexec kills, and its start.
                    self.assertLess(time.monotonic() - before, 10)
                    self.assertEqual((done.status, done.out, len(ours(done.err))), (status, "", 1), done.err)

    def test_on_the_root_alone_end_the_others_too(self):
        for ranks in allowed(2, 3):
            done = run("--fail", "store", "--on", 0, "--stay", 60, "--json", ranks=ranks)
            self.assertEqual((done.status, json.loads(done.out)["error"]),
                             (74, {"kind": "store", "message": "no such disk"}))

    def test_of_ranks_that_leave_apart_are_told_once(self):
        for ranks in allowed(3):
            done = run("--fail", "two", "--on", 1, "--after", 0.3, "--stay", 0.6, ranks=ranks)
            self.assertEqual((done.status, ours(done.err)), (2, ["cohort-echo: rank 1 has something to say"]))

    def test_under_j_are_told_without_noise_from_mpirun(self):
        for arguments in [[], ["--on", 1, "--stay", 60]]:
            done = run_bare("-j", 2, "--fail", "store", *arguments)
            self.assertEqual((done.status, ours(done.err)), (74, ["cohort-echo: no such disk"]))
            # Open MPI 5 cannot be kept from adding its own words.
            if OPEN_MPI_4:
                self.assertEqual(done.err, "cohort-echo: no such disk\n")


class Signals(Case):
    def interrupted(self, number, *arguments):
        process = start("--wait-for-signal", "--quiet", *arguments)
        self.assertEqual(process.stdout.readline(), "waiting\n")
        process.send_signal(number)
        out, err = process.communicate()
        return cohort_app.Finished(process.returncode, out, err)

    def test_end_a_run_alone_with_the_status_of_the_signal(self):
        for number, status in [(signal.SIGTERM, 75), (signal.SIGHUP, 75), (signal.SIGUSR1, 75), (signal.SIGINT, 130)]:
            done = self.interrupted(number)
            self.assertEqual((done.status, done.err),
                             (status, f"cohort-echo: interrupted by signal {number.value}\n"))

    def test_to_mpirun_reach_the_ranks_which_say_it_once(self):
        for ranks in allowed(2, 3):
            # mpirun itself turns SIGTERM into its status 1, at times with a warning of its own, and passes USR1 on.
            done = self.interrupted(signal.SIGTERM, "-j", ranks)
            self.assertEqual(done.status, 1)
            if OPEN_MPI_4:  # that of 5 no longer forwards what they say
                self.assertEqual(ours(done.err), ["cohort-echo: interrupted by signal 15"])
            done = self.interrupted(signal.SIGUSR1, "-j", ranks)
            self.assertEqual((done.status, ours(done.err)), (75, ["cohort-echo: interrupted by signal 10"]))

    def test_a_second_ctrl_c_ends_at_once(self):
        process = start("--wait-for-signal", "--quiet", "--on", 1, "--stay", 60)
        self.assertEqual(process.stdout.readline(), "waiting\n")
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        self.assertEqual((process.returncode, out, err), (130, "", ""))

    def test_that_the_shell_ignores_for_us_stay_ignored(self):
        words = f"trap '' INT HUP; exec {APP} --quiet --after 0.5"
        process = subprocess.Popen(["sh", "-c", words], env=BARE, text=True, stdout=subprocess.PIPE)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.communicate()[0], "1 ranks, 0 bytes\n")
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
