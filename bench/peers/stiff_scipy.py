"""The stiff problems of bench/stiff.ts by SciPy: python stiff_scipy.py. Exact Jacobians, the Brusselator's banded (LSODA) or
sparse; error over rtol + |y| as there, the least of three times."""
import time

import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse import csc_matrix

S, Q, W = 77.27, 8.375e-6, 0.161
POINTS = 100
D = 0.02 * (POINTS + 1) ** 2


def hires(_t, y):
    r = 280 * y[5] * y[7]
    return [
        -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
        1.71 * y[0] - 8.75 * y[1],
        -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
        8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
        -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
        -r + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
        r - 1.81 * y[6],
        -r + 1.81 * y[6],
    ]


def hires_jacobian(_t, y):
    j = np.zeros((8, 8))
    j[0, :3] = -1.71, 0.43, 8.32
    j[1, :2] = 1.71, -8.75
    j[2, 2:5] = -10.03, 0.43, 0.035
    j[3, 1:4] = 8.32, 1.71, -1.12
    j[4, 4:7] = -1.745, 0.43, 0.43
    a, b = 280 * y[7], 280 * y[5]
    j[5, 3:] = 0.69, 1.71, -0.43 - a, 0.69, -b
    j[6, 5:] = a, -1.81, b
    j[7, 5:] = -a, 1.81, -b
    return j


def brusselator(_t, y):
    u, v = y[::2], y[1::2]
    p = u * u * v
    out = np.empty_like(y)
    out[::2] = 1 + p - 4 * u + D * (np.r_[1, u[:-1]] - 2 * u + np.r_[u[1:], 1])
    out[1::2] = 3 * u - p + D * (np.r_[3, v[:-1]] - 2 * v + np.r_[v[1:], 3])
    return out


def brusselator_jacobian(_t, y):
    n = 2 * POINTS
    i = np.arange(0, n, 2)
    u, v = y[::2], y[1::2]
    k = np.arange(n - 2)
    rows = np.r_[i, i, i + 1, i + 1, k, k + 2]
    columns = np.r_[i, i + 1, i, i + 1, k + 2, k]
    entries = np.r_[2 * u * v - 4 - 2 * D, u * u, 3 - 2 * u * v, -u * u - 2 * D, np.full(2 * (n - 2), D)]
    return csc_matrix((entries, (rows, columns)), shape=(n, n))


start = np.full(2 * POINTS, 3.0)
start[::2] = 1 + 0.5 * np.sin(2 * np.pi * np.arange(1, POINTS + 1) / (POINTS + 1))
PROBLEMS = [
    (
        'VDPOL',
        lambda _t, y: [y[1], 1000 * (1 - y[0] ** 2) * y[1] - y[0]],
        lambda _t, y: np.array([[0, 1], [-2000 * y[0] * y[1] - 1, 1000 * (1 - y[0] ** 2)]]),
        [2, 0],
        2000,
        [1, 1e-3],
    ),
    ('HIRES', hires, hires_jacobian, [1, 0, 0, 0, 0, 0, 0, 0.0057], 321.8122, [1e-3] * 8),
    (
        'OREGO',
        lambda _t, y: [S * (y[1] + y[0] * (1 - Q * y[0] - y[1])), (y[2] - (1 + y[0]) * y[1]) / S, W * (y[0] - y[2])],
        lambda _t, y: np.array(
            [[S * (1 - 2 * Q * y[0] - y[1]), S * (1 - y[0]), 0], [-y[1] / S, -(1 + y[0]) / S, 1 / S], [W, 0, -W]]
        ),
        [1, 2, 3],
        360,
        [1, 1, 1],
    ),
    (
        'ROBER',
        lambda _t, y: [
            -0.04 * y[0] + 1e4 * y[1] * y[2],
            0.04 * y[0] - 1e4 * y[1] * y[2] - 3e7 * y[1] ** 2,
            3e7 * y[1] ** 2,
        ],
        lambda _t, y: np.array(
            [[-0.04, 1e4 * y[2], 1e4 * y[1]], [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]], [0, 6e7 * y[1], 0]]
        ),
        [1, 0, 0],
        1e11,
        [1e-8, 1e-14, 1],
    ),
    ('Brusselator, n = 200', brusselator, brusselator_jacobian, start, 10, [1] * (2 * POINTS)),
]

print('| problem | method | rtol | error | ms | f | J | LU |')
print('|---|---|--:|--:|--:|--:|--:|--:|')
for name, f, jacobian, y0, t1, scale in PROBLEMS:
    scale = np.array(scale)

    def solve(method, rtol):
        extra = {'jac': jacobian}
        if method == 'LSODA' and len(y0) > 20:
            extra = {'lband': 2, 'uband': 2}
        return solve_ivp(f, (0, t1), y0, method=method, rtol=rtol, atol=rtol * scale, t_eval=[t1], **extra)

    reference = solve('Radau', 1e-12).y[:, -1]
    for method in ('Radau', 'BDF', 'LSODA'):
        for rtol in (1e-4, 1e-6, 1e-8):
            least = np.inf
            for _ in range(3):
                begin = time.perf_counter()
                solution = solve(method, rtol)
                least = min(least, time.perf_counter() - begin)
            error = np.max(np.abs(solution.y[:, -1] - reference) / (scale + np.abs(reference)))
            print(
                f'| {name} | {method} | {rtol:g} | {error:.1e} | {1e3 * least:.1f} | {solution.nfev} | {solution.njev} | {solution.nlu} |',
                flush=True,
            )
