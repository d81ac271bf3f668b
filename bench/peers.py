#!/usr/bin/python3
"""The same tasks of nothing in Python, by the means that Python has.

    peers.py multiprocessing one 100000     # Pool.imap_unordered(chunksize=1)
    peers.py multiprocessing auto 1000000   # Pool.map, which chooses its chunks
    peers.py joblib one 10000               # Parallel(batch_size=1)
    peers.py joblib auto 100000             # Parallel, which chooses its batches

Two processes, or as many as BENCH_RANKS says. Prints the seconds of the call; starting the processes is not counted.
"""

import multiprocessing
import os
import sys
import time


def nothing(i):
    return i


def timed(call, items):
    call(range(items // 10))
    start = time.perf_counter()
    results = call(range(items))
    seconds = time.perf_counter() - start
    if sum(results) != items * (items - 1) // 2:
        sys.exit("the sum of the results is wrong")
    return seconds


def by_multiprocessing(one, items, ranks):
    with multiprocessing.Pool(ranks) as pool:
        if one:
            return timed(lambda xs: list(pool.imap_unordered(nothing, xs, chunksize=1)), items)
        return timed(lambda xs: pool.map(nothing, xs), items)


def by_joblib(one, items, ranks):
    from joblib import Parallel, delayed

    with Parallel(n_jobs=ranks, batch_size=1 if one else "auto") as parallel:
        return timed(lambda xs: parallel(delayed(nothing)(i) for i in xs), items)


if __name__ == "__main__":
    peer, chunks, count = sys.argv[1:]
    call = {"multiprocessing": by_multiprocessing, "joblib": by_joblib}[peer]
    print(call(chunks == "one", int(float(count)), int(os.environ.get("BENCH_RANKS", "2"))))
