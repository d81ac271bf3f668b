"""Steps of z*z + c by numba, the loop as the book has it: prints steps a second of one core, compiled beforehand."""

import sys
import time

import numba
import numpy

VIEWS = {
    "book": (1000, 300, -0.62772, -0.42193, 1.8),
    "inside": (40, 20000, -0.4, 0.1, 0.5),
    "no_cycles": (40, 20000, 0.25, 0.0, 0.3),
}


@numba.njit
def count_steps(counts, max_iter, c_re, c_im, half):
    side = counts.shape[0]
    step = 2 * half / side
    for j in range(side):
        for i in range(side):
            re = -half + i * step
            im = half - j * step
            n = 0
            while re * re + im * im < 4 and n < max_iter:
                re, im = re * re - im * im + c_re, 2 * re * im + c_im
                n += 1
            counts[j, i] = n


side, *view = VIEWS[sys.argv[1]]
counts = numpy.zeros((side, side), numpy.uint32)
count_steps(counts, *view)
steps = int(counts.sum(dtype=numpy.uint64))
start = time.thread_time()
done = 0
while time.thread_time() - start < 0.25:
    count_steps(counts, *view)
    done += steps
print(done / (time.thread_time() - start), 0)
