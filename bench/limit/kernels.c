/* The same kernels in plain C, as a compiler at -O3 makes them: the reference that bench/kernels.ts prints beside ours.
   usage: kernels NAME N REPETITIONS   prints nanoseconds per call, the best of seven runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

/* y = A x */
static void matvec(int n, const double *restrict a, const double *restrict x, double *restrict y) {
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int p = 0; p < n; p++) sum += a[i * n + p] * x[p];
    y[i] = sum;
  }
}

/* y = A^T x */
static void matvec_transposed(int n, const double *restrict a, const double *restrict x, double *restrict y) {
  memset(y, 0, n * sizeof *y);
  for (int p = 0; p < n; p++)
    for (int j = 0; j < n; j++) y[j] += a[p * n + j] * x[p];
}

/* C = A B */
static void matmul(int n, const double *restrict a, const double *restrict b, double *restrict c) {
  memset(c, 0, (size_t)n * n * sizeof *c);
  for (int i = 0; i < n; i++)
    for (int p = 0; p < n; p++) {
      double factor = a[i * n + p];
      for (int j = 0; j < n; j++) c[i * n + j] += factor * b[p * n + j];
    }
}

static void lu(int n, double *restrict a, double *restrict pivots) {
  for (int k = 0; k < n; k++) {
    int best = k;
    for (int i = k + 1; i < n; i++)
      if (fabs(a[i * n + k]) > fabs(a[best * n + k])) best = i;
    pivots[k] = best;
    if (best != k)
      for (int j = 0; j < n; j++) {
        double t = a[k * n + j];
        a[k * n + j] = a[best * n + j];
        a[best * n + j] = t;
      }
    for (int i = k + 1; i < n; i++) {
      double factor = a[i * n + k] /= a[k * n + k];
      for (int j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
    }
  }
}

static void lu_solve(int n, const double *restrict a, const double *restrict pivots, double *restrict b) {
  for (int k = 0; k < n; k++) {
    int p = (int)pivots[k];
    double t = b[k];
    b[k] = b[p];
    b[p] = t;
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) b[i] -= a[i * n + j] * b[j];
  for (int i = n - 1; i >= 0; i--) {
    for (int j = i + 1; j < n; j++) b[i] -= a[i * n + j] * b[j];
    b[i] /= a[i * n + i];
  }
}

static void cholesky(int n, double *restrict a) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) {
      double sum = a[i * n + j];
      for (int p = 0; p < j; p++) sum -= a[i * n + p] * a[j * n + p];
      a[i * n + j] = sum / a[j * n + j];
    }
    double sum = a[i * n + i];
    for (int p = 0; p < i; p++) sum -= a[i * n + p] * a[i * n + p];
    a[i * n + i] = sqrt(sum);
  }
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  const char *name = arguments[1];
  int n = atoi(arguments[2]), repetitions = atoi(arguments[3]);
  size_t size = (size_t)n * n;
  double *a = malloc(size * 8), *b = malloc(size * 8), *c = malloc(size * 8), *pivots = malloc(n * 8);
  for (size_t e = 0; e < size; e++) {
    a[e] = rand() / (double)RAND_MAX - 0.5 + (e % (n + 1) == 0 ? n : 0);
    b[e] = rand() / (double)RAND_MAX;
  }
  memcpy(c, a, size * 8);
  if (!strcmp(name, "lu_solve")) lu(n, a, pivots);
  double best = INFINITY;
  for (int run = 0; run < 7; run++) {
    double start = now();
    for (int repetition = 0; repetition < repetitions; repetition++) {
      if (!strcmp(name, "matvec")) matvec(n, a, b, c);
      else if (!strcmp(name, "matvec_transposed")) matvec_transposed(n, a, b, c);
      else if (!strcmp(name, "matmul")) matmul(n, a, b, c);
      else if (!strcmp(name, "lu")) memcpy(a, c, size * 8), lu(n, a, pivots);
      else if (!strcmp(name, "lu_solve")) memcpy(c, b, n * 8), lu_solve(n, a, pivots, c);
      else if (!strcmp(name, "cholesky")) memcpy(a, c, size * 8), cholesky(n, a);
      __asm__ volatile("" ::: "memory");
    }
    double each = (now() - start) / repetitions;
    if (each < best) best = each;
  }
  printf("%.3f\n", best);
  return 0;
}
