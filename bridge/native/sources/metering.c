/* The meter's sums: levels, energies and their steps, in the order in which numpy adds. */
#include "kernels.h"
#include "magnitudes.h"
#include "sums.h"

enum { LEFT, RIGHT, LEFT_SQUARE, RIGHT_SQUARE, PRODUCT, STATISTICS };

/* At most SUM_LEAF frames of every statistic. */
static WIDER void leaf_of_statistics(const double *left, const double *right, int64_t frames, double *sums) {
    double lane[STATISTICS][SUM_LANES];
    int64_t n = 0;
    for (int s = 0; s < STATISTICS; s++)
        sums[s] = 0.0;
    if (frames >= SUM_LANES) {
        for (int k = 0; k < SUM_LANES; k++) {
            lane[LEFT][k] = left[k];
            lane[RIGHT][k] = right[k];
            lane[LEFT_SQUARE][k] = left[k] * left[k];
            lane[RIGHT_SQUARE][k] = right[k] * right[k];
            lane[PRODUCT][k] = left[k] * right[k];
        }
        for (n = SUM_LANES; n + SUM_LANES <= frames; n += SUM_LANES)
            for (int k = 0; k < SUM_LANES; k++) {
                double a = left[n + k], b = right[n + k];
                lane[LEFT][k] += a;
                lane[RIGHT][k] += b;
                lane[LEFT_SQUARE][k] += a * a;
                lane[RIGHT_SQUARE][k] += b * b;
                lane[PRODUCT][k] += a * b;
            }
        for (int s = 0; s < STATISTICS; s++)
            sums[s] = of_lanes(lane[s]);
    }
    for (; n < frames; n++) {
        sums[LEFT] += left[n];
        sums[RIGHT] += right[n];
        sums[LEFT_SQUARE] += left[n] * left[n];
        sums[RIGHT_SQUARE] += right[n] * right[n];
        sums[PRODUCT] += left[n] * right[n];
    }
}

/* The sums of two rows, of their squares and of their products. Twin: bridge/metering/statistics.py. */
void sw_statistics(const double *left, const double *right, int64_t frames, double *sums) {
    if (frames <= SUM_LEAF) {
        leaf_of_statistics(left, right, frames, sums);
        return;
    }
    int64_t half = first_half(frames);
    double rest[STATISTICS];
    sw_statistics(left, right, half, sums);
    sw_statistics(left + half, right + half, frames - half, rest);
    for (int s = 0; s < STATISTICS; s++)
        sums[s] += rest[s];
}

/* The sum over channels of weight * sample**2. Twin: bridge/metering/meter.py, Meter._energies. */
WIDER void sw_weighted_energy(const double *block, int64_t stride, int64_t channels, const double *weights,
                              double *out, int64_t frames) {
    for (int64_t n = 0; n < frames; n++)
        out[n] = block[n] * block[n] * weights[0];
    for (int64_t c = 1; c < channels; c++) {
        const double *row = block + c * stride;
        for (int64_t n = 0; n < frames; n++)
            out[n] += row[n] * row[n] * weights[c];
    }
}

/* The sum between each edge and the next. Twin: numpy.add.reduceat. */
void sw_step_sums(const double *values, const int64_t *edges, double *out, int64_t steps) {
    for (int64_t step = 0; step < steps; step++) {
        const double *first = values + edges[step];
        out[step] = *first + sum_of(first + 1, edges[step + 1] - edges[step] - 1);
    }
}

/* The largest of numbers none of which is negative, between each edge and the next. Twin: numpy.maximum.reduceat. */
WIDER void sw_step_peaks(const double *values, const int64_t *edges, double *out, int64_t steps) {
    for (int64_t step = 0; step < steps; step++)
        out[step] = largest_magnitude(values + edges[step], edges[step + 1] - edges[step]);
}

WIDER void sw_narrow_step_peaks(const float *values, const int64_t *edges, double *out, int64_t steps) {
    for (int64_t step = 0; step < steps; step++)
        out[step] = largest_narrow_magnitude(values + edges[step], edges[step + 1] - edges[step]);
}

/* The mean of every `window` values that fit. Twin: bridge/metering/windows.py, _window_means. */
void sw_window_means(const double *values, double *out, int64_t windows, int64_t window) {
    for (int64_t n = 0; n < windows; n++)
        out[n] = sum_of(values + n, window) / (double)window;
}

/* The largest of every `window` non-negative values that fit. Twin: bridge/metering/windows.py, _window_peaks. */
WIDER void sw_window_peaks(const double *values, double *out, int64_t windows, int64_t window) {
    for (int64_t n = 0; n < windows; n++)
        out[n] = largest_magnitude(values + n, window);
}

/* Adds the squared magnitudes of (channels, lines) pairs of real and imaginary parts, channel by channel, to `out`.
   Twin: bridge/metering/spectrum.py, add_line_powers. */
WIDER void sw_add_line_powers(const double *spectrum, int64_t channels, int64_t lines, double *out) {
    for (int64_t k = 0; k < lines; k++) {
        double power = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
        for (int64_t c = 1; c < channels; c++) {
            const double *line = spectrum + 2 * (c * lines + k);
            power += line[0] * line[0] + line[1] * line[1];
        }
        out[k] += power;
    }
}

/* The sum of one[n] * other[n]. Twin: numpy.sum(one * other). */
double sw_sum_of_products(const double *one, const double *other, int64_t count) {
    return sum_of_products(one, other, count);
}
