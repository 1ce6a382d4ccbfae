/* A dense tanh network and the gradient of its loss, in plain C: the limit that the compiled program is compared with.
 *   H_0 = X,  H_l = tanh(H_{l-1}·W_l + b_l), the last layer without tanh,  loss = |H_L|² / (2·batch)
 * cc -O3 networks.c -o networks -lm && ./networks BATCH SIZE SIZE …
 * prints seconds per evaluation and per gradient (medians), the loss and the gradient's norm, as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 8

static int layers, batch, size[MOST + 1];
static double *W[MOST], *b[MOST], *dW[MOST], *db[MOST], *H[MOST + 1], *D[MOST + 1], *transposed;

/* C += A·B, four rows of A at a time. */
static void product(int m, int k, int n, const double *restrict A, const double *restrict B, double *restrict C) {
  int i = 0;
  for (; i + 4 <= m; i += 4)
    for (int p = 0; p < k; p++) {
      const double *row = B + (long)p * n;
      double a0 = A[(long)i * k + p], a1 = A[(i + 1L) * k + p], a2 = A[(i + 2L) * k + p], a3 = A[(i + 3L) * k + p];
      double *c0 = C + (long)i * n, *c1 = c0 + n, *c2 = c1 + n, *c3 = c2 + n;
      for (int j = 0; j < n; j++) {
        c0[j] += a0 * row[j];
        c1[j] += a1 * row[j];
        c2[j] += a2 * row[j];
        c3[j] += a3 * row[j];
      }
    }
  for (; i < m; i++)
    for (int p = 0; p < k; p++)
      for (int j = 0; j < n; j++) C[(long)i * n + j] += A[(long)i * k + p] * B[(long)p * n + j];
}

static void transpose(int m, int n, const double *restrict A, double *restrict T) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) T[(long)j * m + i] = A[(long)i * n + j];
}

static void evaluate(void) {
  for (int l = 0; l < layers; l++) {
    int n = size[l + 1];
    for (int s = 0; s < batch; s++) memcpy(H[l + 1] + (long)s * n, b[l], n * sizeof(double));
    product(batch, size[l], n, H[l], W[l], H[l + 1]);
    if (l + 1 < layers)
      for (long i = 0; i < (long)batch * n; i++) H[l + 1][i] = tanh(H[l + 1][i]);
  }
}

static void gradient(void) {
  evaluate();
  for (long i = 0; i < (long)batch * size[layers]; i++) D[layers][i] = H[layers][i] / batch;
  for (int l = layers - 1; l >= 0; l--) {
    int m = size[l], n = size[l + 1];
    memset(dW[l], 0, (long)m * n * sizeof(double));
    memset(db[l], 0, n * sizeof(double));
    transpose(batch, m, H[l], transposed);
    product(m, batch, n, transposed, D[l + 1], dW[l]);
    for (int s = 0; s < batch; s++)
      for (int j = 0; j < n; j++) db[l][j] += D[l + 1][(long)s * n + j];
    if (l == 0) break;
    transpose(m, n, W[l], transposed);
    memset(D[l], 0, (long)batch * m * sizeof(double));
    product(batch, n, m, D[l + 1], transposed, D[l]);
    for (long i = 0; i < (long)batch * m; i++) D[l][i] *= 1 - H[l][i] * H[l][i];
  }
}

static double now(void) {
  struct timespec s;
  clock_gettime(CLOCK_MONOTONIC, &s);
  return s.tv_sec + 1e-9 * s.tv_nsec;
}

static int ascending(const void *x, const void *y) { return (*(double *)x > *(double *)y) - (*(double *)x < *(double *)y); }

static double median(void (*f)(void)) {
  f();
  double start = now(), times[25];
  f();
  double once = now() - start;
  int calls = (int)ceil(2e-3 / once), repeats = (int)(1 / (calls * once));
  if (repeats < 1) repeats = 1;
  if (repeats > 25) repeats = 25;
  for (int r = 0; r < repeats; r++) {
    start = now();
    for (int c = 0; c < calls; c++) f();
    times[r] = (now() - start) / calls;
  }
  qsort(times, repeats, sizeof *times, ascending);
  return times[repeats / 2];
}

static double *numbers(long count) { return calloc(count, sizeof(double)); }

int main(int argc, char **argv) {
  layers = argc - 3;
  batch = atoi(argv[1]);
  long largest = 0;
  for (int l = 0; l <= layers; l++) {
    size[l] = atoi(argv[2 + l]);
    if (size[l] > largest) largest = size[l];
  }
  transposed = numbers(largest * (largest > batch ? largest : batch));
  for (int l = 0; l <= layers; l++) {
    H[l] = numbers((long)batch * size[l]);
    D[l] = numbers((long)batch * size[l]);
  }
  for (long i = 0; i < (long)batch * size[0]; i++) H[0][i] = cos(i);
  for (int l = 0; l < layers; l++) {
    long count = (long)size[l] * size[l + 1];
    W[l] = numbers(count), dW[l] = numbers(count), b[l] = numbers(size[l + 1]), db[l] = numbers(size[l + 1]);
    for (long i = 0; i < count; i++) W[l][i] = sin(i + 78 * l) / sqrt(size[l]);
    for (int j = 0; j < size[l + 1]; j++) b[l][j] = 0.1 * cos(j + l);
  }
  double forward = median(evaluate), backward = median(gradient), loss = 0, norm = 0;
  for (long i = 0; i < (long)batch * size[layers]; i++) loss += H[layers][i] * H[layers][i] / (2 * batch);
  for (int l = 0; l < layers; l++) {
    for (long i = 0; i < (long)size[l] * size[l + 1]; i++) norm += dW[l][i] * dW[l][i];
    for (int j = 0; j < size[l + 1]; j++) norm += db[l][j] * db[l][j];
  }
  printf("{\"evaluate\": %.9g, \"gradient\": %.9g, \"loss\": %.17g, \"norm\": %.17g}\n", forward, backward, loss, sqrt(norm));
  return 0;
}
