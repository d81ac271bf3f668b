#!/usr/bin/python3
"""Takes the C++ out of pages, so that it can be compiled.

    snippets.py FOLDER PREAMBLE PAGE...

A block with a main becomes a program of its own, FOLDER/<page>_<line>.cpp, whose name is printed. All others become the
bodies of functions in FOLDER/snippets.cpp, which run one after the other on a team: errors of the compiler name the page
and the line there.
"""

import os
import re
import sys
from collections import namedtuple

Block = namedtuple("Block", "line language text")  # the line of its first line of text


def blocks(page):
    with open(page, encoding="utf-8") as file:
        lines = file.read().split("\n")
    begin = None
    for number, line in enumerate(lines):
        if begin is None and line.startswith("```"):
            begin, language = number, line[3:].strip()
        elif begin is not None and line == "```":
            yield Block(begin + 2, language, "\n".join(lines[begin + 1 : number]) + "\n")
            begin = None
    if begin is not None:
        sys.exit(f"{page}:{begin + 1}: a block that does not end")


def is_program(block):
    return block.language == "cpp" and " main(" in block.text


def name_of(page, block):
    return re.sub(r"\W", "_", os.path.splitext(os.path.basename(page))[0]).lower() + f"_{block.line}"


def write_if_new(path, text):
    if not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def main(folder, preamble, *pages):
    os.makedirs(folder, exist_ok=True)
    functions, table, programs = [], [], []
    for page in pages:
        for block in blocks(page):
            name = name_of(page, block)
            here = f'#line {block.line} "{page}"\n'
            if is_program(block):
                programs.append(name)
                write_if_new(os.path.join(folder, name + ".cpp"), here + block.text)
            elif block.language == "cpp":
                functions.append(f"void {name}(SNIPPET_ARGUMENTS) {{\n{here}{block.text}}}\n")
                table.append(f'    {{"{os.path.basename(page)}:{block.line}", {name}}},\n')
    text = f'#include "{preamble}"\n\n{"".join(functions)}\nconst std::vector<Snippet> snippets{{\n{"".join(table)}}};\n'
    write_if_new(os.path.join(folder, "snippets.cpp"), text)
    print(";".join(programs), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
