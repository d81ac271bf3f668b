#!/usr/bin/python3
"""Darts per second of a core by numpy, as one would throw them there: arrays that fit the cache, Philox or its default.

    darts.py Philox
    darts.py PCG64
"""

import sys
import time

import numpy

DARTS = 1 << 16  # at a time


def throw(random):
    x, y = random.random((2, DARTS))
    return numpy.count_nonzero(x * x + y * y < 1)


def main():
    random = numpy.random.Generator(getattr(numpy.random, sys.argv[1])(1))
    throw(random)
    start = time.thread_time()
    darts, inside = 0, 0
    while time.thread_time() - start < 0.25:
        inside += throw(random)
        darts += DARTS
    seconds = time.thread_time() - start
    if abs(4 * inside / darts - numpy.pi) > 10 / darts**0.5:
        sys.exit("the darts are not spread evenly")
    print(darts / seconds, 0)


if __name__ == "__main__":
    main()
