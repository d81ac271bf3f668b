#!/usr/bin/python3
"""What cannot travel between ranks is refused when a program is compiled, by a message that says why."""

import json
import os
import shlex
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

from cohort_app import Case

MESSAGE = "cannot travel between ranks"

# What is wrong, and a call that does it.
REFUSED = {
    "a pointer as result": "cohort::map(team, three, [](cohort::Index) -> int* { return nullptr; });",
    "a reference as result": "cohort::map(team, three, [](cohort::Index) -> int& { static int x; return x; });",
    "a span as result": "cohort::map(team, three, [](cohort::Index) { return std::span<int>(); });",
    "a string_view as result": "cohort::map(team, three, [](cohort::Index) { return std::string_view(); });",
    "a view in a pair": "cohort::map(team, three, [](cohort::Index) { return std::pair<int, std::string_view>(); });",
    "a pointer in a vector": "cohort::map(team, three, [](cohort::Index) { return std::vector<int*>(); });",
    "a pointer in an optional in a tuple":
        "cohort::map(team, three, [](cohort::Index) { return std::tuple<std::optional<char*>>(); });",
    "pointers as input": "cohort::map(team, std::vector<int*>(), [](int*) { return 1; });",
    "views as input": "cohort::map(team, std::vector<std::string_view>(), [](std::string_view) { return 1; });",
    "views as produced input":
        "cohort::map(team, cohort::produced([] { return std::optional<std::string_view>(); }),"
        " [](std::string_view) { return 1; });",
    "a pointer in a reduction":
        "cohort::map_reduce(team, three, static_cast<int*>(nullptr), [](cohort::Index) -> int* { return nullptr; },"
        " [](int* a, int*) { return a; });",
    "a pointer as what a search finds":
        "cohort::search_first(team, cohort::Grains{.items = 3, .size = 1},"
        " [](cohort::Grain) { return std::optional<int*>(); });",
    "a view in a broadcast": "cohort::broadcast(team, std::string_view());",
    "pointers scattered": "cohort::scatter(team, std::vector<int*>());",
    "pointers gathered": "cohort::all_gather(team, static_cast<int*>(nullptr));",
}

SOURCE = """
#include <cohort/cohort.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>
void use(cohort::Team& team) {
    [[maybe_unused]] const cohort::Indices three = cohort::indices(3);
    CALL
}
"""


def compiler():
    """The words that compile control.cpp in this build, without its output, and control.cpp."""
    with open(os.path.join(os.environ["COHORT_BUILD"], "compile_commands.json"), encoding="utf-8") as file:
        entry = next(e for e in json.load(file) if e["file"].endswith("tests/compile/control.cpp"))
    words = entry["arguments"] if "arguments" in entry else shlex.split(entry["command"])
    if os.path.basename(words[0]) == "ccache":
        words = words[1:]
    kept, skip = [], False
    for word in words:
        if skip or word in ("-c", entry["file"]):
            skip = False
        elif word in ("-o", "-MF", "-MT", "-MQ"):
            skip = True
        elif word not in ("-MD", "-MMD"):
            kept.append(word)
    # With -fsyntax-only g++ would leave out the templates that only code generation needs.
    return kept + ["-O0", "-S", "-o", "/dev/null", "-fdiagnostics-color=never"], entry["file"]


def compile_file(path):
    done = subprocess.run(
        [*compiler()[0], path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.returncode, done.stdout


class WhatTravels(Case):
    def test_what_may_travel_compiles(self):
        status, text = compile_file(compiler()[1])
        self.assertEqual(status, 0, text)

    def test_what_may_not_is_refused_and_told_why(self):
        def attempt(number, call):
            path = self.path(f"refused{number}.cpp")
            with open(path, "w", encoding="utf-8") as file:
                file.write(SOURCE.replace("CALL", call))
            return compile_file(path)

        with ThreadPoolExecutor(2) as pool:
            attempts = {
                name: pool.submit(attempt, number, call) for number, (name, call) in enumerate(REFUSED.items())
            }
            for name, future in attempts.items():
                with self.subTest(name):
                    status, text = future.result()
                    self.assertNotEqual(status, 0, "it compiles")
                    self.assertIn(MESSAGE, text)


if __name__ == "__main__":
    unittest.main()
