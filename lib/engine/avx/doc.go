// Package avx is the engine for amd64 CPUs: cpu's engine with kernels in assembly for AVX2 with FMA and for AVX-512.
// What the machine has is asked at run time; $HARDNEG_ISA (avx2, avx512) forces one of the two, and the results of
// both are equal bit for bit. On other platforms the package compiles, and Open returns an error.
//
// # How a sum is blocked
//
// Everything that multiplies goes through one micro-kernel (kernel.go, written by gen/gemm.go): a tile of C, m rows
// by 16 or 32 columns, lies in registers while the kernel walks over packed operands,
//
//	B: 16 floats a step (a unit)        A: m floats a step, each broadcast
//
// AVX2 holds 6 rows by 16, AVX-512 14 by 32 or 16 by 16; there is a kernel for each smaller m, so rows are never
// padded. A walk has three nested loops of distances, which is how convolutions need no copy of the input for each
// tap. What is packed:
//
//	forward, gradient to the input (slide.go): units of 16 samples. The source is packed once for a task as
//	    [row][column][channel][16 samples], the weights as panels [tap][channel][m output channels]. An output
//	    pixel's taps in one row are then one contiguous run of both; taps that meet padding are left out. The result,
//	    [row][column][channel][16 samples], is turned back into NCHW. The gradient to the input is the same sum with
//	    the taps of each phase of the stride in falling order (window.go).
//	gradient to the weights (correlate.go): units of 16 channels. A block of samples and output rows is packed
//	    as [unit][row][column][sample][16 channels], dy and x alike; for each tap both are walked in step. With few
//	    input channels (the first layer) a lane is a channel and tap instead, gathered.
//	matrix products (matmul.go): units of 16 rows of A and 16 columns of B, as [chunk of k][unit][step][16].
//
// Convolutions of 3x3 with stride 1 that are wide enough (winorule.go) go through the same micro-kernel as Winograd's
// F(4x4, 3x3) instead, 36 products for 144 (winograd.go):
//
//	forward, gradient to the input (winoslide.go): units of 16 samples, transformed tile by tile; 36 matrix products
//	    over the channels; transformed back.
//	gradient to the weights (winocorrelate.go): units of 16 channels; 36 products over tiles, at most 256 in a chain.
//
// Outputs and gradients to the input are within 4.3e-6 of the largest value in the tests, direct ones within 2.2e-6. What
// is not finite spoils, of its image, all outputs of the tiles whose 6x6 inputs hold it, where the definition spoils 3x3;
// infinity may come out as NaN, and so may values near the largest float32. Weights that are not finite spoil their output channel everywhere, also where
// the definition meets padding only. The engine "avx-exact" (OpenExact) has none of this: all its convolutions are direct,
// as those of "avx" were before, bit for bit. Records name the engine.
//
// Turning 16 rows into units and back is one kernel each way (gen/transpose.go, pack.go), about a tenth of a step.
//
// # Why results do not depend on threads
//
// A task owns its outputs: samples, pixels and channels in slide, tiles in a product. Sums that are cut - chunks of
// k, blocks and groups of blocks of a gradient to weights - are cut where shapes say and added in order. Strips of a
// batch normalisation (strip.go) are channels, summed in 8 lanes of float64.
//
// Scratch belongs to the engine, a part for each worker, and grows to its largest use. No call into assembly takes
// longer than about a millisecond, so that the garbage collector never waits for one.
package avx

//go:generate go run ./gen
