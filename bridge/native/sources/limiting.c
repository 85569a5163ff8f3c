/* The limiter's gain: from what its peaks need, over the look-ahead, the release and two moving averages. */
#include "kernels.h"
#include "sums.h"
#include <string.h>

static const double INAUDIBLE = 0x1p-60; /* a reduction this small leaves the gain at exactly 1 */

static const double LEAST_HELD = 0.2, MOST_SLOW = 0.8; /* 14 dB: what is limited by more is to be loud */

/* min(1, ceiling / peak); a peak that is no number asks for nothing. Twin: limiting/gain_curve.py, GainCurve.add. */
WIDER void sw_needed_gains(const double *peaks, double *out, int64_t frames, double ceiling) {
    for (int64_t n = 0; n < frames; n++) {
        double peak = peaks[n] > ceiling ? peaks[n] : ceiling;
        out[n] = ceiling / peak;
    }
}

static WIDER void smaller_of_two(double *values, int64_t apart, double *out, int64_t count) {
#pragma GCC ivdep
    for (int64_t n = 0; n < count; n++)
        out[n] = values[n + apart] < values[n] ? values[n + apart] : values[n];
}

/* The minimum of every window of `size`, for `count` of them: windows of 1, 2, 4 ... grow in `scratch`, and two that
   overlap make the last. Twin: limiting/curves.py, lowest. */
static void lowest(const double *values, double *out, int64_t count, int64_t size, double *scratch) {
    int64_t left = count + size - 1, window = 1;
    memcpy(scratch, values, (size_t)left * sizeof *values);
    for (; 2 * window <= size; window *= 2) {
        left -= window;
        smaller_of_two(scratch, window, scratch, left);
    }
    smaller_of_two(scratch, size - window, out, count);
}

static WIDER void at_most(double *values, double level, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        values[n] = values[n] < level ? values[n] : level;
}

static WIDER void at_least(double *values, double level, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        values[n] = values[n] > level ? values[n] : level;
}

static void negate(double *values, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        values[n] = -values[n];
}

/* The slow release by the share of it that was asked for lately. Twin: limiting/sustained.py, Sustained._slow. */
static void slow_releases(const double *held, int64_t blocks, double share_kept, double slow_kept, double *shares,
                          double *out) {
    double mean = shares[0], peak = shares[1], slow = shares[2];
    for (int64_t n = 0; n < blocks; n++) {
        double reduction = 1.0 - held[n], fallen_peak = peak * share_kept, fallen_slow = slow * slow_kept;
        mean = mean * share_kept + reduction * (1.0 - share_kept);
        peak = fallen_peak > reduction ? fallen_peak : reduction;
        slow = fallen_slow > reduction ? fallen_slow : reduction;
        if (slow <= INAUDIBLE || peak <= INAUDIBLE)
            mean = peak = slow = 0.0;
        double share = peak > 0.0 ? mean / peak : 0.0;
        double kept = slow * (share < 1.0 ? share : 1.0);
        out[n] = kept < MOST_SLOW ? kept : MOST_SLOW;
    }
    shares[0] = mean;
    shares[1] = peak;
    shares[2] = slow;
}

/* What the release keeps for `blocks` more by the lowest gains asked for before each: the gains that are held as they
   are, then the reductions that the slow release still has, both in `kept`. `past` are the gains of the `held_blocks` +
   `lasting_blocks` - 1 blocks before; `scratch` takes three times those and `blocks`.
   Twin: limiting/sustained.py, Sustained.add. */
static void sustained(const double *asked, int64_t blocks, int64_t held_blocks, int64_t lasting_blocks,
                      double share_kept, double slow_kept, double *past, double *shares, double *kept,
                      double *scratch) {
    int64_t before = held_blocks + lasting_blocks - 1, whole = before + blocks;
    double *gains = scratch, *held = scratch + whole, *work = scratch + 2 * whole;
    memcpy(gains, past, (size_t)before * sizeof *gains);
    memcpy(gains + before, asked, (size_t)blocks * sizeof *gains);
    memcpy(past, gains + blocks, (size_t)before * sizeof *gains);
    lowest(gains, held, blocks + lasting_blocks - 1, held_blocks, work);
    slow_releases(held + lasting_blocks - 1, blocks, share_kept, slow_kept, shares, kept + blocks);
    negate(held, blocks + lasting_blocks - 1);
    lowest(held, kept, blocks, lasting_blocks, work);
    negate(kept, blocks);
    at_least(kept, LEAST_HELD, blocks);
}

static double smallest(const double *values, int64_t count) {
    double least = values[0];
    for (int64_t n = 1; n < count; n++)
        least = values[n] < least ? values[n] : least;
    return least;
}

static WIDER void unweighted_reductions(const double *gains, const double *fall, double *out, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        out[n] = (1.0 - gains[n]) / fall[n];
}

static WIDER void falling(double *values, const double *fall, double held, int64_t count) {
    for (int64_t n = 0; n < count; n++) {
        double own = values[n] * fall[n], before = held * fall[n];
        values[n] = before > own ? before : own;
    }
}

/* The reductions that gains want, falling exponentially: max(wanted[n], keep * released[n - 1]) is a running maximum
   of wanted / keep**n. Returns the last one, nothing when it is inaudible.
   Twin: limiting/gain_curve.py, GainCurve._released. */
static double released(const double *gains, const double *fall, double held, double *out, int64_t count) {
    unweighted_reductions(gains, fall, out, count);
    double largest = out[0];
    for (int64_t n = 0; n < count; n++) {
        largest = out[n] > largest ? out[n] : largest;
        out[n] = largest;
    }
    falling(out, fall, held, count);
    return out[count - 1] > INAUDIBLE ? out[count - 1] : 0.0;
}

/* Running sums of two rows at once, forwards and backwards, since each sum has to wait for itself. */
static void running_sums(const double *one, const double *other, double *starts, double *other_starts, double *ends,
                         double *other_ends, int64_t window) {
    double start = one[0], other_start = other[0], end = one[window - 1], other_end = other[window - 1];
    starts[0] = start;
    other_starts[0] = other_start;
    ends[window - 1] = end;
    other_ends[window - 1] = other_end;
    for (int64_t n = 1, back = window - 2; n < window; n++, back--) {
        starts[n] = start += one[n];
        other_starts[n] = other_start += other[n];
        ends[back] = end += one[back];
        other_ends[back] = other_end += other[back];
    }
}

static WIDER void joined_and_divided(const double *starts, const double *ends_before, double *out, int64_t window) {
    for (int64_t n = 0; n < window - 1; n++)
        out[n] = (starts[n] + ends_before[n + 1]) / (double)window;
    out[window - 1] = starts[window - 1] / (double)window;
}

/* The mean of the last `window` values: the end of the row before and the start of this one. `tail` are the ends of
   the last row; `scratch` takes two times `count`. In place. Twin: limiting/gain_curve.py, GainCurve._averaged. */
static void averaged(double *values, int64_t count, int64_t window, double *tail, double *scratch) {
    double *starts = scratch, *ends = scratch + count;
    for (int64_t at = 0; at < count; at += 2 * window) {
        int64_t next = at + window < count ? at + window : at;
        running_sums(values + at, values + next, starts + at, starts + next, ends + at, ends + next, window);
    }
    for (int64_t at = 0; at < count; at += window)
        joined_and_divided(starts + at, at ? ends + at - window : tail, values + at, window);
    memcpy(tail, ends + count - window, (size_t)window * sizeof *tail);
}

static WIDER void gains_left(const double *reductions, double *out, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        out[n] = 1.0 - reductions[n];
}

/* The gains of `hops` times `hop` frames from the gains needed there and in the `margin` after them. `past`, `shares`
   and `tails`, (2, window), are what went before; `scratch` takes hop + margin, 2 * hop, and 6 times the blocks of
   `past` and of a hop. Returns the reduction held. Twin: bridge/processing/limiting/gain_curve.py, GainCurve.add. */
double sw_gain_curve(const double *needed, double *out, int64_t hops, int64_t hop, int64_t window, int64_t margin,
                     const double *fall, double held, int64_t held_blocks, int64_t lasting_blocks, double share_kept,
                     double slow_kept, double *past, double *shares, double *tails, double *scratch) {
    int64_t blocks = hop / window;
    double *kept = scratch, *asked = scratch + 2 * blocks;
    for (int64_t done = 0; done < hops; done++, needed += hop, out += hop) {
        lowest(needed, out, hop, margin + 1, scratch);
        for (int64_t at = 0; at < blocks; at++)
            asked[at] = smallest(out + at * window, window);
        sustained(asked, blocks, held_blocks, lasting_blocks, share_kept, slow_kept, past, shares, kept,
                  scratch + 3 * blocks);
        for (int64_t at = 0; at < blocks; at++)
            at_most(out + at * window, kept[at], window);
        held = released(out, fall, held, out, hop);
        for (int64_t at = 0; at < blocks; at++)
            at_least(out + at * window, kept[blocks + at], window);
        averaged(out, hop, window, tails, scratch);
        averaged(out, hop, window, tails + window, scratch);
        gains_left(out, out, hop);
    }
    return held;
}

/* The frames whose peak times gain is over `level`; returns how many. Twin: limiting/curves.py, frames_over. */
int64_t sw_frames_over(const double *peaks, const double *gains, int64_t frames, double level, int64_t *out) {
    int64_t count = 0;
    for (int64_t n = 0; n < frames; n++) {
        out[count] = n;
        count += peaks[n] * gains[n] > level;
    }
    return count;
}

/* The energy of every `pooled` frames of two rows, a multiple of eight, summed in numpy's order.
   Twin: bridge/processing/limiting/analysis.py, PooledEnergies.of_tile. */
WIDER void sw_pooled_energies(const double *left, const double *right, float *out, int64_t count, int64_t pooled) {
    for (int64_t at = 0; at < count; at++, left += pooled, right += pooled) {
        double lane[SUM_LANES];
        for (int k = 0; k < SUM_LANES; k++)
            lane[k] = left[k] * left[k] + right[k] * right[k];
        for (int64_t n = SUM_LANES; n < pooled; n += SUM_LANES)
            for (int k = 0; k < SUM_LANES; k++)
                lane[k] += left[n + k] * left[n + k] + right[n + k] * right[n + k];
        out[at] = (float)of_lanes(lane);
    }
}
