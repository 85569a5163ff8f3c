/* Interleaved samples of files, and rows of doubles: one into the other, and how loud they are. */
#include "kernels.h"
#include "magnitudes.h"
#include "sums.h"
#include <math.h>
#include <string.h>

/* The largest |row[n]|, NaN where there is one. Twin: numpy.abs(row).max(). */
WIDER double sw_largest_magnitude(const double *row, int64_t frames) { return largest_magnitude(row, frames); }

static WIDER double larger_of_two_rows(const double *left, const double *right, int64_t frames) {
    return larger_magnitude(largest_magnitude(left, frames), largest_magnitude(right, frames));
}

static WIDER double largest_of_narrow(const float *samples, int64_t count) {
    return largest_narrow_magnitude(samples, count);
}

static WIDER void interleaved(const double *left, const double *right, double *out, int64_t frames) {
    for (int64_t n = 0; n < frames; n++) {
        out[2 * n] = left[n];
        out[2 * n + 1] = right[n];
    }
}

static WIDER void interleaved_narrow(const double *left, const double *right, float *out, int64_t frames) {
    for (int64_t n = 0; n < frames; n++) {
        out[2 * n] = (float)left[n];
        out[2 * n + 1] = (float)right[n];
    }
}

/* Two rows into frames. Returns the largest magnitude, NaN where there is one, and goes on with the running sum
   of squares. Twin: bridge/audio/pcm.py, PcmWriter. */
double sw_interleave(const double *block, int64_t stride, double *out, int64_t frames, double *squares) {
    const double *left = block, *right = block + stride;
    double sum = *squares;
    interleaved(left, right, out, frames);
    for (int64_t n = 0; n < frames; n++)
        sum += left[n] * left[n] + right[n] * right[n];
    *squares = sum;
    return larger_of_two_rows(left, right, frames);
}

/* The same in 32 bits: level and squares are those of what is stored. */
double sw_interleave_narrow(const double *block, int64_t stride, float *out, int64_t frames, double *squares) {
    double sum = *squares;
    interleaved_narrow(block, block + stride, out, frames);
    for (int64_t n = 0; n < frames; n++) {
        double a = out[2 * n], b = out[2 * n + 1];
        sum += a * a + b * b;
    }
    *squares = sum;
    return largest_of_narrow(out, 2 * frames);
}

/* Frames into rows of doubles, channel by channel; stereo alone is worth a loop of its own.
   Twin: bridge/audio/plain_samples.py, planar. */
WIDER void sw_deinterleave(const double *in, int64_t channels, double *out, int64_t stride, int64_t frames) {
    if (channels == 2) {
        for (int64_t n = 0; n < frames; n++) {
            out[n] = in[2 * n];
            out[stride + n] = in[2 * n + 1];
        }
        return;
    }
    for (int64_t c = 0; c < channels; c++)
        for (int64_t n = 0; n < frames; n++)
            out[c * stride + n] = in[n * channels + c];
}

WIDER void sw_deinterleave_narrow(const float *in, int64_t channels, double *out, int64_t stride, int64_t frames) {
    if (channels == 2) {
        for (int64_t n = 0; n < frames; n++) {
            out[n] = in[2 * n];
            out[stride + n] = in[2 * n + 1];
        }
        return;
    }
    for (int64_t c = 0; c < channels; c++)
        for (int64_t n = 0; n < frames; n++)
            out[c * stride + n] = in[n * channels + c];
}

enum { TILE = 1024 };

static WIDER void over_full_scale(const int32_t *codes, int64_t channels, double *out, int64_t stride,
                                  int64_t frames) {
    if (channels == 2) {
        for (int64_t n = 0; n < frames; n++) {
            out[n] = codes[2 * n] * 0x1p-31;
            out[stride + n] = codes[2 * n + 1] * 0x1p-31;
        }
        return;
    }
    for (int64_t c = 0; c < channels; c++)
        for (int64_t n = 0; n < frames; n++)
            out[c * stride + n] = codes[n * channels + c] * 0x1p-31;
}

/* `bytes` little-endian ones of each sample into the upper ones of a code. */
static inline __attribute__((always_inline)) void codes_of(const uint8_t *in, const int bytes, int32_t *codes,
                                                           int64_t samples) {
    for (int64_t n = 0; n < samples; n++) {
        uint32_t code = 0;
        for (int k = 0; k < bytes; k++)
            code |= (uint32_t)in[bytes * n + k] << 8 * (4 - bytes + k);
        codes[n] = (int32_t)code;
    }
}

/* The same of 3 bytes, each but the last read as a whole word with the byte behind it: twice as fast on processors
   that are little-endian, as all are where a file's doubles are rows as they lie. */
static void codes_of_three(const uint8_t *in, int32_t *codes, int64_t samples) {
    int64_t n = 0;
    for (; n < samples - 1; n++) {
        uint32_t word;
        memcpy(&word, in + 3 * n, sizeof word);
        codes[n] = (int32_t)(word << 8);
    }
    codes_of(in + 3 * n, 3, codes + n, samples - n);
}

/* Little-endian integers of 2, 3 or 4 bytes over 2**(bits - 1), exactly; at most 64 channels.
   Twin: libsndfile, as bridge/audio/decode.py calls it. */
void sw_decode_pcm(const uint8_t *in, int64_t bytes, int64_t channels, double *out, int64_t stride, int64_t frames) {
    int32_t codes[TILE];
    int64_t at_once = TILE / channels;
    for (int64_t at = 0; at < frames; at += at_once) {
        int64_t some = frames - at < at_once ? frames - at : at_once;
        const uint8_t *from = in + at * channels * bytes;
        if (bytes == 2)
            codes_of(from, 2, codes, some * channels);
        else if (bytes == 3)
            codes_of_three(from, codes, some * channels);
        else
            codes_of(from, 4, codes, some * channels);
        over_full_scale(codes, channels, out + at, stride, some);
    }
}

/* Of a contiguous (2, frames) block: the largest magnitude, NaN where there is one, into levels[0] and the sum of
   squares into levels[1]. Twin: bridge/audio/block_levels.py, block_levels. */
void sw_levels(const double *block, int64_t frames, double *levels) {
    levels[0] = larger_of_two_rows(block, block + frames, frames);
    levels[1] = sum_of_products(block, block, 2 * frames);
}

/* The frame after the last one over `silence`, 0 for none. Twin: bridge/audio/block_levels.py, frames_until_quiet. */
int64_t sw_frames_until_quiet(const double *block, int64_t stride, int64_t frames, double silence) {
    const double *left = block, *right = block + stride;
    while (frames > 0 && !(fabs(left[frames - 1]) > silence || fabs(right[frames - 1]) > silence))
        frames--;
    return frames;
}

static WIDER void begun(const double *in, double *out, int64_t frames, double gain) {
    for (int64_t n = 0; n < frames; n++)
        out[n] = 0.0 + gain * in[n];
}

static WIDER void gone_on(const double *in, double *out, int64_t frames, double gain) {
    for (int64_t n = 0; n < frames; n++)
        out[n] += gain * in[n];
}

/* Adds rows times a gain to those of a sum, or begins it with them; an `in_stride` of 0 is the same row to each.
   Twin: bridge/audio/blocks.py, _add_scaled. */
void sw_add_scaled(const double *in, int64_t in_stride, double *out, int64_t out_stride, int64_t rows, int64_t frames,
                   double gain, int begins) {
    for (int64_t row = 0; row < rows; row++) {
        const double *from = in + row * in_stride;
        double *to = out + row * out_stride;
        if (begins)
            begun(from, to, frames, gain);
        else
            gone_on(from, to, frames, gain);
    }
}

enum { SKETCH_WINDOW = 64 };

/* The sum of signs[n] * row[n] over every window of 64 frames. Twin: bridge/audio/inspection.py, Sketches. */
WIDER void sw_signed_sums(const double *row, const double *signs, double *out, int64_t windows) {
    for (int64_t w = 0; w < windows; w++)
        out[w] = leaf_of_products(row + SKETCH_WINDOW * w, signs, SKETCH_WINDOW);
}

enum { PRINT_WORDS = 2048 };

static WIDER uint64_t row_print(const double *row, int64_t frames, const uint32_t *keys, uint64_t factor,
                                uint64_t print) {
    for (int64_t at = 0; at < frames; at += PRINT_WORDS / 2) {
        int64_t some = frames - at < PRINT_WORDS / 2 ? frames - at : PRINT_WORDS / 2;
        uint64_t sum = 0;
        for (int64_t n = 0; n < some; n++) {
            uint64_t bits = bits_of(row[at + n]);
            uint32_t low = (uint32_t)bits + keys[2 * n], high = (uint32_t)(bits >> 32) + keys[2 * n + 1];
            sum += (uint64_t)low * high;
        }
        print = print * factor + sum;
    }
    return print;
}

/* Of rows one after the other: pairs of 32-bit words, each with its key added, multiplied and summed over every 1024
   frames; the sums go on with the print so far, at first the number of rows (NH of Black, Halevi, Krawczyk, Krovetz,
   Rogaway, "UMAC: Fast and Secure Message Authentication", CRYPTO '99).
   Twin: bridge/audio/inspection.py, block_print. */
uint64_t sw_block_print(const double *block, int64_t stride, int64_t rows, int64_t frames, const uint32_t *keys,
                        uint64_t factor) {
    uint64_t print = (uint64_t)rows;
    for (int64_t row = 0; row < rows; row++)
        print = row_print(block + row * stride, frames, keys, factor, print);
    return print;
}
