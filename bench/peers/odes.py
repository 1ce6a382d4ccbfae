"""SciPy and diffrax on a problem that bench/ode.ts describes: work and precision.

    python bench/peers/odes.py < JOB.json

JOB is {code, names, start, span, stiff, points: [{rtol, atol}]}, where code defines rhs(t, y, m) with m the module of
mathematical functions. Prints {solver: [[seconds, end state], …]} as JSON. diffrax is compiled (jit, float64) before it is
timed, on one thread.
"""

import json
import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax

jax.config.update("jax_enable_x64", True)
import diffrax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp

job = json.load(sys.stdin)
scope = {}
exec(job["code"], scope)
rhs = scope["rhs"]
import math

start = np.array(job["start"], dtype=float)
t0, t1 = job["span"]
budget = 3.0


def timed(f, most=20):
    """The least of several runs, within a budget."""
    begun, best, result = time.perf_counter(), float("inf"), None
    for _ in range(most):
        from_ = time.perf_counter()
        result = f()
        best = min(best, time.perf_counter() - from_)
        if time.perf_counter() - begun > budget / 2:
            break
    return best, result


results = {}
scipy_methods = ["Radau", "BDF", "LSODA"] if job["stiff"] else ["DOP853", "RK45", "LSODA"]
for method in scipy_methods:
    curve = []
    for point in job["points"]:
        seconds, end = timed(lambda: solve_ivp(lambda t, y: rhs(t, y.tolist(), math), (t0, t1), start, method=method,
                                               rtol=point["rtol"], atol=point["atol"]).y[:, -1].tolist(), 3)
        curve.append([seconds, end])
        if seconds > budget:
            break
    results[f"SciPy {method}"] = curve

def vector(t, y, args):
    result = rhs(t, y, jnp)
    return jnp.stack(result) if isinstance(result, list) else result


term = diffrax.ODETerm(vector)
if job["stiff"]:
    solvers = {"Kvaerno5": diffrax.Kvaerno5(), "Kvaerno3": diffrax.Kvaerno3()}
else:
    solvers = {"Tsit5": diffrax.Tsit5(), "Dopri8": diffrax.Dopri8()}
for name, solver in solvers.items():
    @jax.jit
    def solve(y0, rtol, atol):
        controller = diffrax.PIDController(rtol=rtol, atol=atol, pcoeff=0.3, icoeff=0.4)
        return diffrax.diffeqsolve(term, solver, t0, t1, None, y0, stepsize_controller=controller, max_steps=10_000_000,
                                   saveat=diffrax.SaveAt(t1=True), throw=False).ys[-1]

    curve = []
    for point in job["points"]:
        run = lambda: solve(jnp.array(start), point["rtol"], jnp.array(point["atol"]) * jnp.ones(len(start))).block_until_ready()
        if not curve:
            run()
        seconds, end = timed(run)
        curve.append([seconds, np.asarray(end).tolist()])
        if seconds > budget:
            break
    results[f"diffrax {name}"] = curve
print(json.dumps(results))
