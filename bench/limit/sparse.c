/* SuiteSparse beside bench/sparse.ts: CHOLMOD's numeric factorisation and solve where speed is 0, KLU's refactorisation else.
 * Prints the seconds of analysis, factorisation and solve, the best of a few, and the entries of the factors.
 *
 *     gcc -O3 -o sparse sparse.c -I/usr/include/suitesparse -lcholmod -lklu -lm && ./sparse SIDE DIMENSIONS SPEED
 */
#include <cholmod.h>
#include <klu.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int count, char **arguments) {
  if (count < 4) return 1;
  int side = atoi(arguments[1]), dimensions = atoi(arguments[2]);
  double speed = atof(arguments[3]);
  int n = 1;
  for (int d = 0; d < dimensions; d++) n *= side;
  cholmod_common common;
  cholmod_start(&common);
  cholmod_triplet *t = cholmod_allocate_triplet(n, n, (size_t)(2 * dimensions + 1) * n, speed > 0 ? 0 : -1, CHOLMOD_REAL, &common);
  int *rows = t->i, *columns = t->j;
  double *values = t->x;
  size_t e = 0;
  for (int k = 0; k < n; k++) {
    rows[e] = columns[e] = k;
    values[e++] = dimensions * (2 + speed);
    for (int d = 0, stride = 1; d < dimensions; d++, stride *= side) {
      if (k / stride % side == side - 1) continue;
      rows[e] = k + stride;
      columns[e] = k;
      values[e++] = -1 - speed;
      if (speed > 0) {
        rows[e] = k;
        columns[e] = k + stride;
        values[e++] = -1;
      }
    }
  }
  t->nnz = e;
  cholmod_sparse *A = cholmod_triplet_to_sparse(t, e, &common);
  double analyse = now(), factor = 1e300, solve = 1e300, entries = 0;
  if (speed == 0) {
    cholmod_factor *L = cholmod_analyze(A, &common);
    analyse = now() - analyse;
    cholmod_dense *b = cholmod_ones(n, 1, CHOLMOD_REAL, &common);
    double start = now();
    for (int r = 0; r < 20 && (r < 2 || now() - start < 2); r++) {
      double before = now();
      cholmod_factorize(A, L, &common);
      double between = now();
      cholmod_dense *x = cholmod_solve(CHOLMOD_A, L, b, &common);
      double after = now();
      cholmod_free_dense(&x, &common);
      if (between - before < factor) factor = between - before;
      if (after - between < solve) solve = after - between;
    }
    entries = common.lnz;
  } else {
    klu_common klu;
    klu_defaults(&klu);
    klu_symbolic *symbolic = klu_analyze(n, A->p, A->i, &klu);
    klu_numeric *numeric = klu_factor(A->p, A->i, A->x, symbolic, &klu);
    analyse = now() - analyse;
    double *b = malloc(sizeof(double) * n);
    double start = now();
    for (int r = 0; r < 20 && (r < 2 || now() - start < 2); r++) {
      double before = now();
      klu_refactor(A->p, A->i, A->x, symbolic, numeric, &klu);
      double between = now();
      for (int k = 0; k < n; k++) b[k] = sin(k + 1.0);
      klu_solve(symbolic, numeric, n, 1, b, &klu);
      double after = now();
      if (between - before < factor) factor = between - before;
      if (after - between < solve) solve = after - between;
    }
    entries = numeric->lnz + numeric->unz;
  }
  printf("{\"analyse\": %g, \"factor\": %g, \"solve\": %g, \"nonzeros\": %.0f}\n", analyse, factor, solve, entries);
  return 0;
}
