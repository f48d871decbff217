package avx

import "github.com/hardneg/hardneg/lib/engine"

// winoUse says which convolutions of an engine are Winograd's.
type winoUse int

const (
	winoByShape winoUse = iota // those of wins
	winoNever
	winoAlways // all of 3x3, stride 1, pad 1: for tests
)

// chooses tells whether a convolution is Winograd's. Shapes alone decide, never the number of samples or of threads,
// so that an image gives the same bits in any batch and on any machine.
func (e *Engine) chooses(g engine.Conv) bool {
	fits := g.R == 3 && g.S == 3 && g.Stride == 1 && g.Pad == 1
	return fits && (e.use == winoAlways || e.use == winoByShape && wins(g))
}

// winoLeast is the least number of channels, of input and output. The tables below would allow 32. At 64 the encoder
// "main", 48 channels wide, stays direct, so that runs recorded before there was Winograd repeat number for number.
const winoLeast = 64

// wins tells for which shapes Winograd is used. Processor time of Winograd's by that of direct convolutions, forward,
// gradient to the input, gradient to the weights; as many input as output channels, 32 to 128 samples, AVX-512 on Zen 4
// (AVX2 gives nearly the same); products is 36 for a tile by what direct convolutions take, which leave out padding:
//
//	image  products  16 channels     32              48              64              96
//	2x2    2.25      2.99 4.01 3.15  2.37 2.86 2.07  2.32 2.43 1.87  2.33 2.37 1.58  2.22 2.17 1.76
//	3x3    0.73      1.49 1.65 1.77  1.24 1.26 1.26  1.11 1.11 1.05  1.04 1.00 0.95  0.96 0.97 0.84
//	4x4    0.36      0.85 0.94 1.02  0.53 0.54 0.66  0.51 0.53 0.55  0.40 0.40 0.44  0.45 0.45 0.47
//	5x5    0.85      1.91 1.74 1.77  1.21 1.26 1.33  1.15 1.06 0.99  0.90 0.90 1.05  0.97 0.91 1.03
//	6x6    0.56      1.66 1.22 1.25  0.93 0.89 1.21  0.81 0.75 0.78  0.63 0.65 0.72  0.71 0.66 0.70
//	7x7    0.40      0.73 0.77 0.84  0.82 0.72 0.95  0.58 0.59 0.64  0.51 0.50 0.62  0.52 0.52 0.53
//	8x8    0.30      0.79 0.65 0.59  0.53 0.49 0.52  0.46 0.44 0.45  0.37 0.37 0.44  0.41 0.39 0.41
//	9x9    0.52      1.37 1.33 1.17  0.81 0.83 0.89  0.73 0.71 0.71  0.60 0.60 0.69  0.62 0.61 0.65
//	10x10  0.41      1.21 1.03 1.23  0.70 0.58 0.76  0.64 0.60 0.65  0.54 0.54 0.61  0.53 0.53 0.58
//	16x16  0.27      0.59 0.58 0.67  0.44 0.45 0.55  0.37 0.41 0.44  0.38 0.41 0.48  0.36 0.35 0.41
//	32x32  0.26      0.58 0.61 0.53  0.41 0.44 0.45  0.37 0.34 0.38  0.35 0.36 0.33  0.35 0.35 0.35
func wins(g engine.Conv) bool {
	tiles := panels(g.H, winoTile) * panels(g.W, winoTile)
	products := (3*g.H - 2) * (3*g.W - 2)
	return g.I >= winoLeast && g.O >= winoLeast && 10*winoAll*tiles <= 6*products
}
