"""Sparse and dense linear solves with SciPy and NumPy in float64 on one thread.

Reads cases as JSON from the first argument: {"kind": "grid", "side": m, "dimensions": d, "speed": s} is the Laplacian of
bench/sparse.ts (with upwind convection where speed > 0), {"kind": "dense", "n": n, "batch": k} a batch of linear systems. Prints
seconds, the best of some repeats: SuperLU's factorisation in its faster column ordering and its solve; numpy.linalg.solve.

    python sparse.py '[{"kind": "grid", "side": 100, "dimensions": 2, "speed": 0}]'
"""
import json
import os
import sys
import time

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg


def best(f, seconds=1.0):
    """Seconds per call, and the last result: the best of as many calls as take a second, three at least where that is quick."""
    least, start = np.inf, time.perf_counter()
    while True:
        before = time.perf_counter()
        result = f()
        now = time.perf_counter()
        least = min(least, now - before)
        if now - start > seconds:
            return least, result


def grid(side, dimensions, speed):
    """Row k is node k; the coefficient of the neighbour behind is 1 + speed."""
    n = side**dimensions
    index = np.arange(n)
    matrix = scipy.sparse.diags([np.full(n, dimensions * (2.0 + speed))], [0], format="csc")
    for d in range(dimensions):
        stride = side**d
        has_next = index[(index // stride) % side < side - 1]
        forward = scipy.sparse.csc_matrix((np.full(len(has_next), -1.0), (has_next, has_next + stride)), (n, n))
        backward = scipy.sparse.csc_matrix((np.full(len(has_next), -1.0 - speed), (has_next + stride, has_next)), (n, n))
        matrix = matrix + forward + backward
    return matrix.tocsc()


def sparse(side, dimensions, speed):
    matrix = grid(side, dimensions, speed)
    b = np.sin(np.arange(matrix.shape[0]) + 1.0)
    results = []
    for ordering, mode in (("COLAMD", False), ("MMD_AT_PLUS_A", True)):
        options = {"SymmetricMode": mode}
        seconds, lu = best(lambda: scipy.sparse.linalg.splu(
            matrix, permc_spec=ordering, diag_pivot_thresh=0.1 if mode else 1.0, options=options))
        solve, _ = best(lambda: lu.solve(b))
        results.append({"factor": seconds, "solve": solve, "nonzeros": int(lu.L.nnz + lu.U.nnz)})
        if matrix.shape[0] > 5e4 and dimensions == 3:
            break
    return min(results, key=lambda result: result["factor"])


def dense(n, batch):
    k = np.arange(batch * n * n)
    a = np.sin(12.9898 * (k % (n * n) + 1) + k // (n * n)).reshape(batch, n, n) + n * np.eye(n)
    b = np.sin(np.arange(batch * n) + 1.0).reshape(batch, n, 1)
    seconds, _ = best(lambda: np.linalg.solve(a, b))
    return {"solve": seconds}


cases = json.loads(sys.argv[1])
kinds = {"grid": sparse, "dense": dense}
print(json.dumps([kinds[case.pop("kind")](**case) for case in cases]))
