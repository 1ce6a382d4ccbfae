/* The seed's right-hand side, PhysicsNeuralODE(10), in plain C: the limit that the compiled program is compared with.
 *   A = symmetrise(W2·relu(W1·y + b1) + b2) + (‖A‖_F + 1)·I,  A·dy/dt = −y + sin t
 * cc -O3 seed.c -o seed -lm && ./seed      prints nanoseconds per evaluation (median of repeats) and a checksum. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N 10
#define H 128

static double W1[N][H], b1[H], W2[H][N * N], b2[N * N];

static int solve(double *restrict A, double *restrict b) {
  for (int k = 0; k < N; k++) {
    int p = k;
    for (int i = k + 1; i < N; i++)
      if (fabs(A[i * N + k]) > fabs(A[p * N + k])) p = i;
    if (A[p * N + k] == 0) return k + 1;
    if (p != k) {
      for (int j = 0; j < N; j++) { double s = A[k * N + j]; A[k * N + j] = A[p * N + j]; A[p * N + j] = s; }
      double s = b[k]; b[k] = b[p]; b[p] = s;
    }
    double r = 1 / A[k * N + k];
    for (int i = k + 1; i < N; i++) {
      double l = A[i * N + k] * r;
      for (int j = k + 1; j < N; j++) A[i * N + j] -= l * A[k * N + j];
      b[i] -= l * b[k];
    }
  }
  for (int i = N - 1; i >= 0; i--) {
    double s = b[i];
    for (int j = i + 1; j < N; j++) s -= A[i * N + j] * b[j];
    b[i] = s / A[i * N + i];
  }
  return 0;
}

static int rhs(double t, const double *restrict y, double *restrict dydt) {
  double h[H], raw[N * N], A[N * N];
  memcpy(h, b1, sizeof h);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < H; j++) h[j] += y[i] * W1[i][j];
  for (int j = 0; j < H; j++) h[j] = h[j] > 0 ? h[j] : 0;
  memcpy(raw, b2, sizeof raw);
  for (int i = 0; i < H; i++)
    for (int j = 0; j < N * N; j++) raw[j] += h[i] * W2[i][j];
  double norm = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      A[i * N + j] = 0.5 * (raw[i * N + j] + raw[j * N + i]);
      norm += A[i * N + j] * A[i * N + j];
    }
  norm = sqrt(norm) + 1;
  for (int i = 0; i < N; i++) A[i * N + i] += norm;
  double force = sin(t);
  for (int i = 0; i < N; i++) dydt[i] = -y[i] + force;
  return solve(A, dydt);
}

static double now(void) {
  struct timespec s;
  clock_gettime(CLOCK_MONOTONIC, &s);
  return 1e9 * s.tv_sec + s.tv_nsec;
}

static int ascending(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }

int main(void) {
  srand(7);
  double *weights[] = {&W1[0][0], b1, &W2[0][0], b2};
  int sizes[] = {N * H, H, H * N * N, N * N};
  for (int w = 0; w < 4; w++)
    for (int i = 0; i < sizes[w]; i++) weights[w][i] = 0.2 * (rand() / (double)RAND_MAX - 0.5);
  double y[N], dydt[N], checksum = 0, times[15];
  for (int i = 0; i < N; i++) y[i] = sin(i + 1.0);
  const int calls = 20000;
  for (int repeat = 0; repeat < 15; repeat++) {
    double start = now();
    for (int c = 0; c < calls; c++) {
      rhs(1e-4 * c, y, dydt);
      y[c % N] += 1e-9 * dydt[c % N];
      checksum += dydt[0];
    }
    times[repeat] = (now() - start) / calls;
  }
  qsort(times, 15, sizeof *times, ascending);
  printf("%.1f %.17g\n", times[7], checksum);
  return 0;
}
