#!/usr/bin/python3
"""The same tasks of nothing in Python, by the means that Python has.

    peers.py multiprocessing one 100000     # Pool.imap_unordered(chunksize=1)
    peers.py multiprocessing auto 1000000   # Pool.map, which chooses its chunks
    peers.py joblib one 10000               # Parallel(batch_size=1)
    peers.py joblib auto 100000             # Parallel, which chooses its batches
    peers.py dask one 1000                  # distributed.Client.map, a task an item
    peers.py ipyparallel one 1000           # LoadBalancedView.map(chunksize=1)
    mpirun -n 3 python3 -m mpi4py.futures peers.py mpi4py one 10000   # MPIPoolExecutor.map(chunksize=1)

Two processes that work, or as many as BENCH_RANKS says. Prints the seconds of the call; starting the processes is not
counted. Servers listen on 127.0.0.1 only and keep their files in a folder that is gone afterwards.
"""

import multiprocessing
import os
import sys
import tempfile
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


def by_dask(_one, items, ranks):
    from distributed import Client, LocalCluster

    with tempfile.TemporaryDirectory() as folder, LocalCluster(
        n_workers=ranks, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, local_directory=folder
    ) as cluster, Client(cluster) as client:
        return timed(lambda xs: client.gather(client.map(nothing, xs, pure=False)), items)


def by_ipyparallel(_one, items, ranks):
    import ipyparallel

    with tempfile.TemporaryDirectory() as folder:
        os.environ["IPYTHONDIR"] = folder
        cluster = ipyparallel.Cluster(n=ranks, controller_ip="127.0.0.1", location="127.0.0.1", log_level=40)
        with cluster as client:
            view = client.load_balanced_view()
            return timed(lambda xs: list(view.map(nothing, xs, chunksize=1, ordered=False, block=True)), items)


def by_mpi4py(_one, items, ranks):
    from mpi4py.futures import MPIPoolExecutor

    with MPIPoolExecutor(ranks) as pool:
        return timed(lambda xs: list(pool.map(nothing, xs, chunksize=1, unordered=True)), items)


BY = {
    "multiprocessing": by_multiprocessing,
    "joblib": by_joblib,
    "dask": by_dask,
    "ipyparallel": by_ipyparallel,
    "mpi4py": by_mpi4py,
}

if __name__ == "__main__":
    peer, chunks, count = sys.argv[1:]
    print(BY[peer](chunks == "one", int(float(count)), int(os.environ.get("BENCH_RANKS", "2"))))
