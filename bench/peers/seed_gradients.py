"""Loss and full gradient of the seed's PhysicsNeuralODE(10), by torchdiffeq and by diffrax.

Reads weights, initial state, target and tolerances from a JSON file, so that all sides compute the same numbers; prints one
JSON object, {way: {seconds: [...], loss, gradient: [...], bytes}}, the gradient in the order W1, b1, W2, b2.

    python seed_gradients.py PROBLEM.json REPEATS WAY ...      ways: torch-direct torch-adjoint diffrax-checkpointed diffrax-backsolve
"""
import json
import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
problem = json.load(open(sys.argv[1]))
repeats, ways = int(sys.argv[2]), sys.argv[3:]
n, hidden = len(problem["y0"]), len(problem["b1"])
shapes = {"W1": (n, hidden), "b1": (hidden,), "W2": (hidden, n * n), "b2": (n * n,)}


def timed(run):
    """Seconds of each repeat but the first, which compiles."""
    seconds = []
    for repeat in range(repeats + 1):
        start = time.perf_counter()
        result = run()
        if repeat > 0:
            seconds.append(time.perf_counter() - start)
    return seconds, result


def torch_way(adjoint):
    import torch
    import torchdiffeq

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    identity = torch.eye(n)

    class Field(torch.nn.Module):
        def __init__(self):
            super().__init__()
            for name, shape in shapes.items():
                setattr(self, name, torch.nn.Parameter(torch.tensor(problem[name]).reshape(*shape)))

        def forward(self, t, y):
            A = (torch.relu(y @ self.W1 + self.b1) @ self.W2 + self.b2).reshape(n, n)
            A = 0.5 * (A + A.T)
            A = A + identity * (torch.linalg.norm(A) + 1)
            return torch.linalg.solve(A, -y + torch.sin(t))

    field = Field()
    y0 = torch.tensor(problem["y0"], requires_grad=True)
    times, target = torch.tensor(problem["times"]), torch.tensor(problem["target"])
    solver = torchdiffeq.odeint_adjoint if adjoint else torchdiffeq.odeint

    def run():
        for x in field.parameters():
            x.grad = None
        y = solver(field, y0, times, method=problem["method"], rtol=problem["rtol"], atol=problem["atol"])
        loss = torch.linalg.norm(y[-1] - target)
        loss.backward()
        return loss.item(), torch.cat([getattr(field, name).grad.flatten() for name in shapes]).tolist()

    return timed(run)


def diffrax_way(backsolve):
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax
    import jax.numpy as jnp

    theta = {name: jnp.array(problem[name]).reshape(shape) for name, shape in shapes.items()}
    times, target = jnp.array(problem["times"]), jnp.array(problem["target"])
    y0 = jnp.array(problem["y0"])

    def rhs(t, y, p):
        A = (jax.nn.relu(y @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]).reshape(n, n)
        A = 0.5 * (A + A.T)
        A = A + jnp.eye(n) * (jnp.linalg.norm(A) + 1)
        return jnp.linalg.solve(A, -y + jnp.sin(t))

    solver = {"dopri5": diffrax.Dopri5(), "tsit5": diffrax.Tsit5()}[problem["method"]]
    adjoint = diffrax.BacksolveAdjoint() if backsolve else diffrax.RecursiveCheckpointAdjoint()

    def loss(p):
        controller = diffrax.PIDController(rtol=problem["rtol"], atol=problem["atol"])
        y = diffrax.diffeqsolve(diffrax.ODETerm(rhs), solver, times[0], times[-1], None, y0, p, saveat=diffrax.SaveAt(ts=times),
                                stepsize_controller=controller, adjoint=adjoint, max_steps=4096).ys
        return jnp.linalg.norm(y[-1] - target)

    gradient = jax.jit(jax.value_and_grad(loss))

    def run():
        value, g = gradient(theta)
        g = {name: x.block_until_ready() for name, x in g.items()}
        return float(value), jnp.concatenate([g[name].ravel() for name in shapes]).tolist()

    return timed(run)


runs = {
    "torch-direct": lambda: torch_way(False),
    "torch-adjoint": lambda: torch_way(True),
    "diffrax-checkpointed": lambda: diffrax_way(False),
    "diffrax-backsolve": lambda: diffrax_way(True),
}
results = {}
for way in ways:
    seconds, (loss, gradient) = runs[way]()
    results[way] = {"seconds": seconds, "loss": loss, "gradient": gradient}
print(json.dumps(results))
