"""Loss and full gradient of the seed's PhysicsNeuralODE(10) with torchdiffeq, backpropagated directly through odeint.

Reads the weights, the initial state, the target and the tolerances from a JSON file, so that both sides compute the same
numbers; prints one JSON line: seconds per loss + gradient (each of several repeats), the loss, the gradient's norm.

    python seed_torchdiffeq.py problem.json [repeats]
"""
import json
import sys
import time

import torch
from torchdiffeq import odeint

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
problem = json.load(open(sys.argv[1]))
repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 5
n = len(problem["y0"])
hidden = len(problem["b1"])


def parameter(name, *shape):
    return torch.tensor(problem[name]).reshape(*shape).requires_grad_()


W1, b1 = parameter("W1", n, hidden), parameter("b1", hidden)
W2, b2 = parameter("W2", hidden, n * n), parameter("b2", n * n)
y0 = torch.tensor(problem["y0"], requires_grad=True)
times = torch.tensor(problem["times"])
target = torch.tensor(problem["target"])
identity = torch.eye(n)
evaluations = 0


def rhs(t, y):
    global evaluations
    evaluations += 1
    A = (torch.relu(y @ W1 + b1) @ W2 + b2).reshape(n, n)
    A = 0.5 * (A + A.T)
    A = A + identity * (torch.linalg.norm(A) + 1)
    return torch.linalg.solve(A, -y + torch.sin(t))


seconds = []
for repeat in range(repeats + 1):
    evaluations = 0
    for x in (W1, b1, W2, b2, y0):
        x.grad = None
    start = time.perf_counter()
    y = odeint(rhs, y0, times, method=problem["method"], rtol=problem["rtol"], atol=problem["atol"])
    loss = torch.linalg.norm(y[-1] - target)
    loss.backward()
    if repeat > 0:
        seconds.append(time.perf_counter() - start)

norm = torch.sqrt(sum((x.grad ** 2).sum() for x in (W1, b1, W2, b2))).item()
print(json.dumps({"seconds": seconds, "loss": loss.item(), "gradientNorm": norm, "evaluations": evaluations}))
