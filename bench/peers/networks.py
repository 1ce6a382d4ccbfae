"""Dense tanh networks and the gradients of their losses with NumPy, PyTorch and JAX (jit), in float64 on one thread.

Reads cases [{"sizes": [...], "batch": n}, ...] as JSON from the first argument; the numbers in the networks are those of
bench/networks.ts. Prints, per case and library, seconds per evaluation and per gradient (medians), the loss and the
gradient's norm.

    python networks.py '[{"sizes": [10, 64, 10], "batch": 1}]'
"""
import json
import math
import os
import sys
import time

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jax
import jax.numpy as jnp
import numpy as np
import torch

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)


def median(f):
    """Seconds per call: as many calls as take two milliseconds, repeated for a second, at most 25 times."""
    f()
    start = time.perf_counter()
    f()
    once = time.perf_counter() - start
    calls = math.ceil(2e-3 / once)
    times = []
    for _ in range(min(25, max(1, int(1 / (calls * once))))):
        start = time.perf_counter()
        for _ in range(calls):
            f()
        times.append((time.perf_counter() - start) / calls)
    return sorted(times)[len(times) // 2]


def numbers(sizes, batch):
    x = np.cos(np.arange(batch * sizes[0])).reshape(batch, sizes[0])
    parameters = []
    for layer, (m, n) in enumerate(zip(sizes, sizes[1:])):
        parameters.append(np.sin(np.arange(m * n) + 78 * layer).reshape(m, n) / math.sqrt(m))
        parameters.append(0.1 * np.cos(np.arange(n) + layer))
    return x, parameters


def network(tanh, x, parameters):
    for i in range(0, len(parameters), 2):
        x = x @ parameters[i] + parameters[i + 1]
        if i + 2 < len(parameters):
            x = tanh(x)
    return x


def result(evaluate, gradient):
    loss, gradients = gradient()
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return {"evaluate": median(evaluate), "gradient": median(gradient), "loss": float(loss), "norm": norm}


def in_numpy(x, parameters):
    batch = len(x)

    def gradient():
        values = [x]
        for i in range(0, len(parameters), 2):
            h = values[-1] @ parameters[i] + parameters[i + 1]
            values.append(np.tanh(h) if i + 2 < len(parameters) else h)
        y = values.pop()
        loss = (y * y).sum() / (2 * batch)
        cotangent = y / batch
        gradients = []
        for i in range(len(parameters) - 2, -1, -2):
            h = values.pop()
            gradients += [cotangent.sum(0), h.T @ cotangent]
            if i > 0:
                cotangent = (cotangent @ parameters[i].T) * (1 - h * h)
        return loss, gradients[::-1]

    return result(lambda: network(np.tanh, x, parameters), gradient)


def in_torch(x, parameters):
    batch = len(x)
    x = torch.from_numpy(x)
    parameters = [torch.from_numpy(p).requires_grad_() for p in parameters]

    def evaluate():
        with torch.no_grad():
            return network(torch.tanh, x, parameters)

    def gradient():
        loss = network(torch.tanh, x, parameters).square().sum() / (2 * batch)
        return loss.detach(), torch.autograd.grad(loss, parameters)

    return result(evaluate, gradient)


def in_jax(x, parameters):
    batch = len(x)
    x, parameters = jnp.asarray(x), [jnp.asarray(p) for p in parameters]
    evaluate = jax.jit(lambda x, p: network(jnp.tanh, x, p))
    gradient = jax.jit(jax.value_and_grad(lambda p, x: (network(jnp.tanh, x, p) ** 2).sum() / (2 * batch)))
    return result(
        lambda: jax.block_until_ready(evaluate(x, parameters)),
        lambda: jax.block_until_ready(gradient(parameters, x)),
    )


results = []
for case in json.loads(sys.argv[1]):
    x, parameters = numbers(case["sizes"], case["batch"])
    results.append({"NumPy": in_numpy(x, parameters), "PyTorch": in_torch(x, parameters), "JAX": in_jax(x, parameters)})
print(json.dumps(results))
