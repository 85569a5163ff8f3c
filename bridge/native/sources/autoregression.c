/* Linear prediction: the predictors of a signal, and missing samples that leave least to their error. */
#include <math.h>

#include "kernels.h"
#include "sums.h"

/* taps[n] += reflection * taps[step - n] for n of 1 to `step`. */
static void reflected(double *taps, int64_t step, double reflection) {
    taps[step] += reflection * taps[0];
    for (int64_t low = 1, high = step - 1; low <= high; low++, high--) {
        double one = taps[low], other = taps[high];
        taps[low] = one + reflection * other;
        if (low < high)
            taps[high] = other + reflection * one;
    }
}

/* `turned` are lags `order` to 0 of an autocorrelation; `taps` come as 1 and zeros. Levinson's recursion, which
   ends where no more than `least` is left. Twin: bridge/checking/autoregressive/predictors.py, _levinson. */
void sw_levinson(const double *turned, double *taps, int64_t order, double least) {
    double left = turned[order];
    for (int64_t step = 1; step <= order; step++) {
        double reflection = -sum_of_products(taps, turned + order - step, step) / left;
        reflected(taps, step, reflection);
        left *= 1.0 - reflection * reflection;
        if (left <= least)
            return;
    }
}

/* What numbers have in common with those 0 to `lags` - 1 behind them. Twin: predictors.py there, autocorrelation. */
WIDER void sw_autocorrelation(const double *values, double *out, int64_t count, int64_t lags) {
    for (int64_t lag = 0; lag < lags; lag++)
        out[lag] = sum_of_products(values, values + lag, count - lag);
}

/* The solution `found` (zeros before) of a symmetric Toeplitz system: `turned` is its first column from the last
   row up, `taps` come as 1 and zeros. Twin: least_error.py there, _solved_run. */
void sw_solve_toeplitz(const double *turned, const double *right, double *taps, double *found, int64_t count) {
    double left = turned[count - 1];
    found[0] = right[0] / left;
    for (int64_t step = 1; step < count; step++) {
        const double *lags = turned + count - 1 - step;
        double reflection = -sum_of_products(taps, lags, step) / left;
        reflected(taps, step, reflection);
        left *= 1.0 - reflection * reflection;
        double scale = (right[step] - sum_of_products(found, lags, step)) / left;
        for (int64_t n = 0; n <= step; n++)
            found[n] += scale * taps[step - n];
    }
}

enum { AT_ONCE = 32 };

/* |what of a sample neither those before it nor those behind it predict|, the lesser of both: of `frames` of each
   hop, a multiple of 32, about which `order` more lie on both sides. A hop's first tap is 1.
   Twin: bridge/checking/prediction.py, _lesser_errors. */
WIDER void sw_lesser_errors(const float *samples, const float *taps, float *out, int64_t hops, int64_t frames,
                            int64_t order) {
    for (int64_t hop = 0; hop < hops; hop++, taps += order + 1, samples += 2 * order) {
        for (int64_t at = 0; at < frames; at += AT_ONCE, samples += AT_ONCE, out += AT_ONCE) {
            const float *here = samples + order;
            float before[AT_ONCE], behind[AT_ONCE];
            for (int k = 0; k < AT_ONCE; k++)
                before[k] = behind[k] = here[k];
            for (int64_t lag = 1; lag <= order; lag++) {
                for (int k = 0; k < AT_ONCE; k++)
                    before[k] += taps[lag] * here[k - lag];
                for (int k = 0; k < AT_ONCE; k++)
                    behind[k] += taps[lag] * here[k + lag];
            }
            for (int k = 0; k < AT_ONCE; k++) {
                float one = fabsf(before[k]), other = fabsf(behind[k]);
                out[k] = one < other ? one : other;
            }
        }
    }
}

/* -(the sum of `weights` * `samples` from each place on). Twin: least_error.py there, _pull. */
WIDER void sw_pulls(const double *samples, const int64_t *places, double *out, int64_t count, const double *weights,
              int64_t span) {
    for (int64_t n = 0; n < count; n++)
        out[n] = -sum_of_products(samples + places[n], weights, span);
}

/* out -= scale * row, `count` numbers. */
static inline __attribute__((always_inline)) void subtract_scaled(double *restrict out, const double *restrict row,
                                                                  double scale, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        out[n] -= scale * row[n];
}

/* One column of a symmetric matrix, from its diagonal down: what samples `order` apart at most have in common. */
static void column_of(double *column, const int64_t *places, int64_t left, const double *weights, int64_t order,
                      double ridge) {
    column[0] = weights[0] + ridge;
    for (int64_t n = 1; n < left && places[n] - places[0] <= order; n++)
        column[n] = weights[places[n] - places[0]];
}

/* The solution, in place of the right side `found`, of the system in which samples at `places` have `weights`
   of their distance in common: L D L' by columns, each `width` doubles of `columns` (count * width of them,
   and width more). Twin: least_error.py there, _solved. */
WIDER void sw_solve_near(const int64_t *places, int64_t count, const double *weights, int64_t order, double ridge,
                   double *found, double *columns, int64_t width) {
    double *scaled = columns + count * width;
    for (int64_t at = 0; at < count; at++)
        column_of(columns + at * width, places + at, count - at, weights, order, ridge);
    for (int64_t at = 0, stop = 0; at < count; at++) {
        while (stop + 1 < count && places[stop + 1] - places[at] <= order)
            stop++;
        double *column = columns + at * width, pivot = column[0];
        int64_t reach = stop - at;
        for (int64_t n = 1; n <= reach; n++)
            scaled[n] = column[n] / pivot;
        for (int64_t n = 1; n <= reach; n++)
            subtract_scaled(columns + (at + n) * width, scaled + n, column[n], reach - n + 1);
        subtract_scaled(found + at + 1, scaled + 1, found[at], reach);
        for (int64_t n = 1; n <= reach; n++)
            column[n] = scaled[n];
        found[at] /= pivot;
    }
    for (int64_t at = count - 2, stop = count - 1; at >= 0; at--) {
        while (places[stop] - places[at] > order)
            stop--;
        found[at] -= sum_of_products(columns + at * width + 1, found + at + 1, stop - at);
    }
}
