"""Dense factorisations and solves with SciPy and NumPy (LAPACK) in float64 on one thread.

Reads orders as JSON from the first argument and prints, for each, seconds per call (the best of as many as take half a second):
scipy.linalg's lu_factor with lu_solve, cho_factor with cho_solve, scipy.linalg.solve and numpy.linalg.solve.

    python dense.py '[4, 8]'
"""
import json
import os
import sys
import time

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import numpy as np
import scipy.linalg


def best(f, seconds=0.5):
    least, start = np.inf, time.perf_counter()
    while time.perf_counter() - start < seconds:
        before = time.perf_counter()
        f()
        least = min(least, time.perf_counter() - before)
    return least


rows = []
for n in json.loads(sys.argv[1]):
    k = np.arange(n * n)
    a = (((7919 * k * k + 104729 * k) % 10007) / 5003.5 - 1).reshape(n, n) + np.sqrt(n) * np.eye(n)
    s = (a + a.T) / 2 + 2 * np.sqrt(n) * np.eye(n)
    b = np.sin(np.arange(n) + 1.0)
    rows.append({
        "lu": best(lambda: scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b)),
        "cholesky": best(lambda: scipy.linalg.cho_solve(scipy.linalg.cho_factor(s), b)),
        "scipy": best(lambda: scipy.linalg.solve(a, b)),
        "numpy": best(lambda: np.linalg.solve(a, b)),
    })
print(json.dumps(rows))
