package avx

// kernels are the micro-kernels of one instruction set: a tile of m rows by one or two units of 16 columns is
// added up by units[u-1][m-1].
type kernels struct {
	rows  [2]int // the most rows of a tile of one unit, of two
	units [2][]func(a, b, c *float32, w *int64)
	wide  int // units of the widest tile

	winoInput, winoOutput, winoGradient, winoWeight, winoWeightGradient transform
}

var kernelsOf = map[string]*kernels{
	avx2: {
		rows:  [2]int{6, 0},
		units: [2][]func(a, b, c *float32, w *int64){{tileAVX2x1, tileAVX2x2, tileAVX2x3, tileAVX2x4, tileAVX2x5, tileAVX2x6}},
		wide:  1,

		winoInput: winoInputAVX2, winoOutput: winoOutputAVX2, winoGradient: winoGradientAVX2,
		winoWeight: winoWeightAVX2, winoWeightGradient: winoWeightGradientAVX2,
	},
	avx512: {
		rows: [2]int{16, 14},
		units: [2][]func(a, b, c *float32, w *int64){
			{tileAVX512x1, tileAVX512x2, tileAVX512x3, tileAVX512x4, tileAVX512x5, tileAVX512x6, tileAVX512x7, tileAVX512x8,
				tileAVX512x9, tileAVX512x10, tileAVX512x11, tileAVX512x12, tileAVX512x13, tileAVX512x14, tileAVX512x15, tileAVX512x16},
			{tileAVX512x1x2, tileAVX512x2x2, tileAVX512x3x2, tileAVX512x4x2, tileAVX512x5x2, tileAVX512x6x2, tileAVX512x7x2,
				tileAVX512x8x2, tileAVX512x9x2, tileAVX512x10x2, tileAVX512x11x2, tileAVX512x12x2, tileAVX512x13x2, tileAVX512x14x2},
		},
		wide: 2,

		winoInput: winoInputAVX512, winoOutput: winoOutputAVX512, winoGradient: winoGradientAVX512,
		winoWeight: winoWeightAVX512, winoWeightGradient: winoWeightGradientAVX512,
	},
}
