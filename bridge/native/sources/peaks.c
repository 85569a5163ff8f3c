/* What a band-limited signal reads between its frames: 4x in 32 and 64 bits, 16x. */
#include "kernels.h"
#include "magnitudes.h"

enum { HALF_TAPS = 12, FINE_TAPS = 129 };

static inline int32_t narrow_bits(float number) {
    int32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits & 0x7fffffff;
}

static inline float of_narrow_bits(int32_t bits) {
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static inline int64_t wide_bits(double number) { return (int64_t)(bits_of(number) & WITHOUT_SIGN); }

static inline int32_t larger_32(int32_t one, int32_t other) { return one > other ? one : other; }

static inline int64_t larger_64(int64_t one, int64_t other) { return one > other ? one : other; }

/* The largest magnitude at here[0], a quarter, a half and three quarters after it, as its bits. The readings at the
   quarters mirror each other: their even and odd parts are computed once. `weights` are `pairs` times those of the
   half, the even and the odd part, nearest pair first. */
static inline __attribute__((always_inline)) int32_t narrow_reading(const float *here, const float *weights,
                                                                    const int pairs) {
    float half = 0.0F, even = 0.0F, odd = 0.0F;
#pragma GCC unroll 12
    for (int s = 0; s < pairs; s++) {
        float before = here[-s], after = here[1 + s];
        float both = before + after, apart = before - after;
        half += both * weights[3 * s];
        even += both * weights[3 * s + 1];
        odd += apart * weights[3 * s + 2];
    }
    int32_t sample = larger_32(narrow_bits(*here), narrow_bits(half));
    return larger_32(sample, larger_32(narrow_bits(even + odd), narrow_bits(even - odd)));
}

static inline __attribute__((always_inline)) int64_t wide_reading(const double *here, const double *weights) {
    double half = 0.0, even = 0.0, odd = 0.0;
#pragma GCC unroll 12
    for (int s = 0; s < HALF_TAPS; s++) {
        double before = here[-s], after = here[1 + s];
        double both = before + after, apart = before - after;
        half += both * weights[3 * s];
        even += both * weights[3 * s + 1];
        odd += apart * weights[3 * s + 2];
    }
    int64_t sample = larger_64(wide_bits(*here), wide_bits(half));
    return larger_64(sample, larger_64(wide_bits(even + odd), wide_bits(even - odd)));
}

static inline __attribute__((always_inline)) void narrow_row(const float *row, float *out, int64_t frames,
                                                             const float *weights, const int pairs) {
    for (int64_t n = 0; n < frames; n++) {
        int32_t reading = narrow_reading(row + HALF_TAPS + n, weights, pairs);
        out[n] = of_narrow_bits(larger_32(reading, narrow_bits(out[n])));
    }
}

static WIDER void narrow_row_of_12(const float *row, float *out, int64_t frames, const float *weights) {
    narrow_row(row, out, frames, weights, 12);
}

static WIDER void narrow_row_of_6(const float *row, float *out, int64_t frames, const float *weights) {
    narrow_row(row, out, frames, weights, 6);
}

static WIDER void wide_row(const double *row, double *out, int64_t frames, const double *weights) {
    for (int64_t n = 0; n < frames; n++) {
        int64_t reading = wide_reading(row + HALF_TAPS + n, weights);
        out[n] = of_bits((uint64_t)larger_64(reading, wide_bits(out[n])));
    }
}

enum { TILE = 256 };

static WIDER float largest_after_scaling(float *peaks, int64_t count, float scale) {
    for (int64_t n = 0; n < count; n++)
        peaks[n] *= scale;
    return largest_narrow_magnitude(peaks, count);
}

/* The 4x peaks of (channels, 12 + frames + 12) by 12 or 6 pairs, times `scale`; NaN where a reading is none. Returns
   the largest, NaN where there is one. Twin: bridge/audio/interpolation.py, narrow_peaks. */
float sw_narrow_peaks(const float *padded, int64_t stride, int64_t channels, float *out, int64_t frames,
                      const float *weights, int64_t pairs, float scale) {
    int32_t largest = 0;
    memset(out, 0, (size_t)frames * sizeof *out);
    for (int64_t at = 0; at < frames; at += TILE) {
        int64_t some = frames - at < TILE ? frames - at : TILE;
        for (int64_t c = 0; c < channels; c++)
            (pairs == 6 ? narrow_row_of_6 : narrow_row_of_12)(padded + c * stride + at, out + at, some, weights);
        largest = larger_32(narrow_bits(largest_after_scaling(out + at, some, scale)), largest);
    }
    return of_narrow_bits(largest);
}

static WIDER int any_over(const float *values, int64_t count, float level) {
    int any = 0;
    for (int64_t n = 0; n < count; n++)
        any |= values[n] > level;
    return any;
}

/* Where a number is over `level`, at most `frames` places; returns how many. Twin: numpy.flatnonzero. */
int64_t sw_places_over(const float *values, int64_t frames, float level, int64_t *out) {
    int64_t count = 0;
    for (int64_t at = 0; at < frames; at += TILE) {
        int64_t end = frames - at < TILE ? frames : at + TILE;
        if (!any_over(values + at, end - at, level))
            continue;
        for (int64_t n = at; n < end; n++)
            if (values[n] > level)
                out[count++] = n;
    }
    return count;
}

/* The same in 64 bits, by 12 pairs. Twin: quarter_peaks in 64 bits. */
void sw_wide_peaks(const double *padded, int64_t stride, int64_t channels, double *out, int64_t frames,
                   const double *weights) {
    memset(out, 0, (size_t)frames * sizeof *out);
    for (int64_t at = 0; at < frames; at += TILE) {
        int64_t some = frames - at < TILE ? frames - at : TILE;
        for (int64_t c = 0; c < channels; c++)
            wide_row(padded + c * stride + at, out + at, some, weights);
    }
}

/* The same of the frames `at` alone. Twin: bridge/audio/interpolation.py, frame_peaks_at. */
void sw_wide_peaks_at(const double *padded, int64_t stride, int64_t channels, const int64_t *at, double *out,
                      int64_t count, const double *weights) {
    for (int64_t i = 0; i < count; i++) {
        int64_t largest = 0;
        for (int64_t c = 0; c < channels; c++)
            largest = larger_64(largest, wide_reading(padded + c * stride + HALF_TAPS + at[i], weights));
        out[i] = of_bits((uint64_t)largest);
    }
}

/* In 32 bits, times a power of two that keeps what counts from being denormal.
   Twin: bridge/audio/interpolation.py, narrowed. */
WIDER void sw_narrowed(const double *row, float *out, int64_t frames, float scale) {
    for (int64_t n = 0; n < frames; n++)
        out[n] = (float)row[n] * scale;
}

typedef double Phases __attribute__((vector_size(32)));

enum { AT_ONCE = 4, PHASES = 4 };

/* Inlined always: wide registers are no way to return a value from a function built for narrow ones. */
static inline __attribute__((always_inline)) Phases phases_of(const double *taps) {
    Phases some;
    memcpy(&some, taps, sizeof some);
    return some;
}

/* Four readings of four phases each, side by side, since each sum has to wait for itself: what `taps[i]` weigh of
   `rows[i]`, a tap every `step` doubles, the largest magnitude of each into `out`. */
static WIDER void sixteen_readings(const double *const *rows, const double *const *taps, int64_t step, double *out) {
    Phases sum[AT_ONCE] = {{0.0}};
    for (int tap = 0; tap < FINE_TAPS; tap++)
#pragma GCC unroll 4
        for (int i = 0; i < AT_ONCE; i++)
            sum[i] += phases_of(taps[i] + step * tap) * rows[i][tap];
    for (int i = 0; i < AT_ONCE; i++) {
        int64_t largest = 0;
        for (int k = 0; k < PHASES; k++)
            largest = larger_64(largest, wide_bits(sum[i][k]));
        out[i] = of_bits((uint64_t)largest);
    }
}

/* The readings at the quarters around four frames. */
static void quarters_around(const double *row, const int64_t *at, const double *quarters, double *out) {
    const double *const rows[AT_ONCE] = {row + at[0], row + at[1], row + at[2], row + at[3]};
    const double *const taps[AT_ONCE] = {quarters, quarters, quarters, quarters};
    sixteen_readings(rows, taps, PHASES, out);
}

/* The largest of the sixteen readings between the quarters of one frame. */
static double largest_between(const double *row, const double *between) {
    const double *const rows[AT_ONCE] = {row, row, row, row};
    const double *const taps[AT_ONCE] = {between, between + 4, between + 8, between + 12};
    double found[AT_ONCE];
    sixteen_readings(rows, taps, AT_ONCE * PHASES, found);
    return larger_magnitude(larger_magnitude(found[0], found[1]), larger_magnitude(found[2], found[3]));
}

/* The 16x peaks around the frames `at` of (channels, 64 + frames + 64), where the readings at the quarters come up
   to `enough`; of those alone elsewhere. `quarters` is (129, 4); `between` (129, 16), the last phases told twice.
   Twin: bridge/audio/interpolation.py, fine_peaks. */
void sw_fine_peaks(const double *padded, int64_t stride, int64_t channels, const int64_t *at, double *out,
                   int64_t count, const double *quarters, const double *between, double enough) {
    for (int64_t i = 0; i < count; i += AT_ONCE) {
        int64_t some[AT_ONCE], last = count - i < AT_ONCE ? count - i : AT_ONCE;
        double largest[AT_ONCE] = {0.0}, found[AT_ONCE];
        for (int k = 0; k < AT_ONCE; k++)
            some[k] = at[i + (k < last ? k : 0)];
        for (int64_t c = 0; c < channels; c++) {
            quarters_around(padded + c * stride, some, quarters, found);
            for (int k = 0; k < AT_ONCE; k++)
                largest[k] = larger_magnitude(found[k], largest[k]);
        }
        for (int64_t k = 0; k < last; k++) {
            int is_loud = largest[k] >= enough;
            for (int64_t c = 0; c < channels && is_loud; c++)
                largest[k] = larger_magnitude(largest_between(padded + c * stride + some[k], between), largest[k]);
            out[i + k] = largest[k];
        }
    }
}
