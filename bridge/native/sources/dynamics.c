/* Detectors, static curves and their times: what the compressors, the gate and the de-esser share. */
#include "decibels.h"
#include "kernels.h"
#include <math.h>
#include <string.h>

static const double LOWEST = 1e-15; /* -300 dBFS stands for silence, which has no level in dB */

/* max(|left|, |right|). Twin: bridge/processing/envelopes.py, linked_peaks. */
WIDER void sw_linked_peaks(const double *block, int64_t stride, double *out, int64_t frames) {
    for (int64_t n = 0; n < frames; n++) {
        double a = fabs(block[n]), b = fabs(block[stride + n]);
        out[n] = a > b ? a : b;
    }
}

/* slope * overshoot over `start_db`, quadratic until 2 * half_knee_db.
   Twin: bridge/processing/gain_computer.py, StaticCurve.reduction_db. */
static WIDER void reductions_db(const double *detector, double *out, int64_t frames, double start_db, double half_knee_db,
                            double slope) {
    double knee_db = 2.0 * half_knee_db, bend = half_knee_db > 0.0 ? 1.0 / (4.0 * half_knee_db) : 0.0;
    for (int64_t n = 0; n < frames; n++) {
        double heard = detector[n] > LOWEST ? detector[n] : LOWEST;
        double above = level_db(heard) - start_db;
        above = above > 0.0 ? above : 0.0;
        double inside = above < knee_db ? above : knee_db;
        above -= inside;
        above += inside * inside * bend;
        out[n] = above * slope;
    }
}

static WIDER void weighted(const double *in, const double *weights, double *out, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        out[n] = in[n] * weights[n];
}

static WIDER void unweighted(double *values, const double *weights, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        values[n] /= weights[n];
}

/* What the recursion starts the next grid from: nothing when it has died away. */
static double carried(double held, double keep, double last_weight) {
    held *= keep / last_weight;
    return held > LOWEST ? held : 0.0;
}

static int64_t up_to_grid(int64_t left, int64_t grid, int64_t position) {
    return left < grid - position ? left : grid - position;
}

/* y[n] = max(x[n], keep * y[n-1]) as a running maximum of x[n] / keep**n, the weights starting anew every `grid`.
   Returns what is held at the end. Twin: bridge/processing/envelopes.py, PeakHold. */
double sw_peak_hold(const double *wanted, double *out, int64_t frames, const double *weights, int64_t grid,
                    int64_t position, double keep, double held) {
    for (int64_t at = 0; at < frames;) {
        int64_t count = up_to_grid(frames - at, grid, position);
        double *some = out + at;
        weighted(wanted + at, weights + position, some, count);
        for (int64_t n = 0; n < count; n++) {
            held = some[n] > held ? some[n] : held;
            some[n] = held;
        }
        unweighted(some, weights + position, count);
        position = (position + count) % grid;
        if (position == 0)
            held = carried(held, keep, weights[grid - 1]);
        at += count;
    }
    return held;
}

/* y[n] = (1 - keep) * x[n] + keep * y[n-1] as a running sum, likewise; feeds = (1 - keep) * weights.
   Twin: bridge/processing/envelopes.py, OnePole. */
double sw_one_pole(const double *wanted, double *out, int64_t frames, const double *weights, const double *feeds,
                   int64_t grid, int64_t position, double keep, double held) {
    for (int64_t at = 0; at < frames;) {
        int64_t count = up_to_grid(frames - at, grid, position);
        double *some = out + at;
        weighted(wanted + at, feeds + position, some, count);
        for (int64_t n = 0; n < count; n++) {
            held += some[n];
            some[n] = held;
        }
        unweighted(some, weights + position, count);
        position = (position + count) % grid;
        if (position == 0)
            held = carried(held, keep, weights[grid - 1]);
        at += count;
    }
    return held;
}

enum { TILE = 512 };

/* What a detector of two rows asks a signal to be turned down by, in dB: peak, static curve, no more than `most_db`,
   held and released, smoothed; a tile at a time, so that nothing leaves the nearest cache on the way.
   `curve` is start_db, half_knee_db, slope, most_db; `keeps`, `held` and `grids` are those of the release, then of the
   attack; the first frame is frame `position` of the stream. `held` is moved on.
   Twin: bridge/processing/gain_computer.py, Reducer. */
void sw_reduction_course(const double *block, int64_t stride, double *out, int64_t frames, const double *curve,
                         const double *release_weights, const double *attack_weights, const double *attack_feeds,
                         const double *keeps, const int64_t *grids, int64_t position, double *held) {
    double most_db = curve[3];
    for (int64_t at = 0; at < frames; at += TILE) {
        int64_t some = frames - at < TILE ? frames - at : TILE;
        double *course = out + at;
        sw_linked_peaks(block + at, stride, course, some);
        reductions_db(course, course, some, curve[0], curve[1], curve[2]);
        for (int64_t n = 0; n < some; n++)
            course[n] = course[n] < most_db ? course[n] : most_db;
        held[0] = sw_peak_hold(course, course, some, release_weights, grids[0], (position + at) % grids[0], keeps[0],
                               held[0]);
        held[1] = sw_one_pole(course, course, some, attack_weights, attack_feeds, grids[1], (position + at) % grids[1],
                              keeps[1], held[1]);
    }
}

/* Both rows times makeup * 10**(-reduction / 20). Twin: bridge/processing/gain_computer.py, turned_down. */
WIDER void sw_turned_down(const double *block, int64_t stride, const double *reductions_db, double *out,
                          int64_t frames, double makeup) {
    for (int64_t n = 0; n < frames; n++) {
        double gain = gain_of_db(-reductions_db[n]) * makeup;
        out[n] = block[n] * gain;
        out[frames + n] = block[stride + n] * gain;
    }
}

/* max(x[n-window+1..n]) after van Herk: a running maximum within this segment, and one run backwards over what
   is still in reach of the segment before. Returns the running one.
   Twin: bridge/processing/envelopes.py, TrailingPeak. */
double sw_trailing_peak(const double *values, double *out, int64_t frames, double *segment, double *before,
                        int64_t window, int64_t position, double running) {
    for (int64_t n = 0; n < frames; n++) {
        double value = values[n];
        segment[position] = value;
        running = value > running ? value : running;
        position++;
        double reach = position < window ? before[position] : 0.0;
        out[n] = running > reach ? running : reach;
        if (position == window) {
            double largest = 0.0;
            for (int64_t back = window - 1; back >= 0; back--) {
                largest = segment[back] > largest ? segment[back] : largest;
                before[back] = largest;
            }
            position = 0;
            running = 0.0;
        }
    }
    return running;
}

/* Open from `open_from` up until under `close_under`; between them as before. Returns how it stands at the end.
   Twin: bridge/processing/processors/gate.py, GateProcessor._open. */
int sw_gate_open(const double *level, uint8_t *out, int64_t frames, double open_from, double close_under,
                 int is_open) {
    for (int64_t n = 0; n < frames; n++) {
        is_open = level[n] >= open_from ? 1 : level[n] < close_under ? 0 : is_open;
        out[n] = (uint8_t)is_open;
    }
    return is_open;
}
