/* What the library gives to Python: every function's twin in numpy is named above its body.

   Arithmetic alone, operation by operation as the twin does it, so that both give the same bits:
   built with -ffp-contract=off, without fast-math. Rows of a block are `stride` doubles apart.
   Nothing here allocates, fails or keeps state of its own. */
#ifndef STEMWRIGHT_KERNELS_H
#define STEMWRIGHT_KERNELS_H

#include <stdint.h>

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

/* Where gcc and the loader can choose by processor, a loop is built for the wider registers as well; what is worth
   nothing without them is WIDE. */
#if defined(__x86_64__) && !defined(__clang__) && defined(__linux__) && defined(__GLIBC__) && !defined(ONE_PROCESSOR)
#define WIDER __attribute__((target_clones("avx512f", "avx2", "default")))
#define WIDE __attribute__((target("avx2")))
#define HAS_WIDE() __builtin_cpu_supports("avx2")
#else
#define WIDER
#endif

/* Before a loop whose rounds touch nothing of each other's: the compiler need not prove that its arrays differ. */
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

/* filters.c */
EXPORTED void sw_sosfilt(const double *in, int64_t in_stride, double *out, int64_t out_stride, int64_t rows,
                         int64_t frames, const double *sections, int64_t count, double *state);
EXPORTED void sw_sosfilt_beside(const double *in, int64_t stride, double *out, const double *sections, int64_t count,
                                double *state, const double *other_in, int64_t other_stride, double *other_out,
                                const double *other_sections, int64_t fewer, double *other_state,
                                int64_t frames);

/* decibels.c */
EXPORTED void sw_levels_db(const double *gains, double *out, int64_t count);
EXPORTED void sw_gains_of(const double *levels_db, double *out, int64_t count);

/* dynamics.c */
EXPORTED void sw_linked_peaks(const double *block, int64_t stride, double *out, int64_t frames);
EXPORTED double sw_peak_hold(const double *wanted, double *out, int64_t frames, const double *weights,
                             int64_t grid, int64_t position, double keep, double held);
EXPORTED double sw_one_pole(const double *wanted, double *out, int64_t frames, const double *weights,
                            const double *feeds, int64_t grid, int64_t position, double keep, double held);
EXPORTED void sw_reduction_course(const double *block, int64_t stride, double *out, int64_t frames,
                                  const double *curve, const double *release_weights,
                                  const double *attack_weights, const double *attack_feeds,
                                  const double *keeps, const int64_t *grids, int64_t position, double *held);
EXPORTED void sw_turned_down(const double *block, int64_t stride, const double *reductions_db, double *out,
                             int64_t frames, double makeup);
EXPORTED double sw_trailing_peak(const double *values, double *out, int64_t frames, double *segment,
                                 double *before, int64_t window, int64_t position, double running);
EXPORTED int sw_gate_open(const double *level, uint8_t *out, int64_t frames, double open_from,
                          double close_under, int is_open);

/* pcm.c */
EXPORTED double sw_largest_magnitude(const double *row, int64_t frames);
EXPORTED double sw_interleave(const double *block, int64_t stride, double *out, int64_t frames,
                              double *squares);
EXPORTED double sw_interleave_narrow(const double *block, int64_t stride, float *out, int64_t frames,
                                     double *squares);
EXPORTED void sw_deinterleave(const double *in, int64_t channels, double *out, int64_t stride, int64_t frames);
EXPORTED void sw_deinterleave_narrow(const float *in, int64_t channels, double *out, int64_t stride,
                                     int64_t frames);
EXPORTED void sw_decode_pcm(const uint8_t *in, int64_t bytes, int64_t channels, double *out, int64_t stride,
                            int64_t frames);
EXPORTED void sw_add_scaled(const double *in, int64_t in_stride, double *out, int64_t out_stride, int64_t rows,
                            int64_t frames, double gain, int begins);
EXPORTED void sw_signed_sums(const double *row, const double *signs, double *out, int64_t windows);
EXPORTED uint64_t sw_block_print(const double *block, int64_t stride, int64_t rows, int64_t frames,
                                 const uint32_t *keys, uint64_t factor);
EXPORTED void sw_levels(const double *block, int64_t frames, double *levels);
EXPORTED int64_t sw_frames_until_quiet(const double *block, int64_t stride, int64_t frames, double silence);

/* quantise.c */
EXPORTED void sw_quantise(const double *samples, int32_t *codes, int64_t frames, double scale, int dithered,
                          const uint64_t *key, int64_t position, int64_t *found);
EXPORTED void sw_pack(const int32_t *codes, int64_t channels, int64_t frames, int64_t bytes, uint8_t *out);
EXPORTED void sw_read_back(const int32_t *codes, double *out, int64_t count, double step);

/* peaks.c */
EXPORTED float sw_narrow_peaks(const float *padded, int64_t stride, int64_t channels, float *out,
                               int64_t frames, const float *weights, int64_t pairs, float scale);
EXPORTED int64_t sw_places_over(const float *values, int64_t frames, float level, int64_t *out);
EXPORTED void sw_wide_peaks(const double *padded, int64_t stride, int64_t channels, double *out, int64_t frames,
                            const double *weights);
EXPORTED void sw_wide_peaks_at(const double *padded, int64_t stride, int64_t channels, const int64_t *at,
                               double *out, int64_t count, const double *weights);
EXPORTED void sw_narrowed(const double *row, float *out, int64_t frames, float scale);
EXPORTED void sw_fine_peaks(const double *padded, int64_t stride, int64_t channels, const int64_t *at,
                            double *out, int64_t count, const double *quarters, const double *between,
                            double enough);

/* limiting.c */
EXPORTED void sw_needed_gains(const double *peaks, double *out, int64_t frames, double ceiling);
EXPORTED double sw_gain_curve(const double *needed, double *out, int64_t hops, int64_t hop, int64_t window,
                              int64_t margin, const double *fall, double held, int64_t held_blocks,
                              int64_t lasting_blocks, double share_kept, double slow_kept, double *past,
                              double *shares, double *tails, double *scratch);
EXPORTED int64_t sw_frames_over(const double *peaks, const double *gains, int64_t frames, double level,
                                int64_t *out);
EXPORTED void sw_pooled_energies(const double *left, const double *right, float *out, int64_t count,
                                 int64_t pooled);

/* transform.c */
EXPORTED void sw_forward(const double *evens, const double *odds, double *re, double *im, int64_t rows,
                         int64_t columns, const double *tables, double *work);
EXPORTED void sw_backward(const double *re, const double *im, double *evens, double *odds, int64_t rows,
                          int64_t columns, const double *tables, double *work);
EXPORTED void sw_product(const double *re, const double *im, const double *by_re, const double *by_im,
                         double *out_re, double *out_im, int64_t count, int adds);
EXPORTED void sw_taken_away(const double *samples, const double *leads, double *out, int64_t count);

/* autoregression.c */
EXPORTED void sw_levinson(const double *turned, double *taps, int64_t order, double least);
EXPORTED void sw_autocorrelation(const double *values, double *out, int64_t count, int64_t lags);
EXPORTED void sw_solve_toeplitz(const double *turned, const double *right, double *taps, double *found,
                                int64_t count);
EXPORTED void sw_lesser_errors(const float *samples, const float *taps, float *out, int64_t hops, int64_t frames,
                               int64_t order);
EXPORTED void sw_pulls(const double *samples, const int64_t *places, double *out, int64_t count,
                       const double *weights, int64_t span);
EXPORTED void sw_solve_near(const int64_t *places, int64_t count, const double *weights, int64_t order,
                            double ridge, double *found, double *columns, int64_t width);

/* metering.c */
EXPORTED void sw_statistics(const double *left, const double *right, int64_t frames, double *sums);
EXPORTED void sw_weighted_energy(const double *block, int64_t stride, int64_t channels, const double *weights,
                                 double *out, int64_t frames);
EXPORTED void sw_window_means(const double *values, double *out, int64_t windows, int64_t window);
EXPORTED void sw_window_peaks(const double *values, double *out, int64_t windows, int64_t window);
EXPORTED void sw_step_sums(const double *values, const int64_t *edges, double *out, int64_t steps);
EXPORTED double sw_sum_of_products(const double *one, const double *other, int64_t count);
EXPORTED void sw_add_line_powers(const double *spectrum, int64_t channels, int64_t lines, double *out);
EXPORTED void sw_narrow_step_peaks(const float *values, const int64_t *edges, double *out, int64_t steps);
EXPORTED void sw_step_peaks(const double *values, const int64_t *edges, double *out, int64_t steps);

#endif
