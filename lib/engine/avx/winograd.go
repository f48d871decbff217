package avx

// Winograd's convolution F(4x4, 3x3): a tile of 4x4 outputs of a 3x3 convolution of stride 1 takes 36 products for 144,
//
//	y = A^T ((G g G^T) * (B^T d B)) A
//
// with g the weights, d the 6x6 inputs under the tile and * element by element (A. Lavin and S. Gray, Fast Algorithms
// for Convolutional Neural Networks, CVPR 2016). The sums over channels become 36 matrix products. The matrices follow
// from six points at which the polynomials behind it are evaluated: 0, a, -a, b, -b and infinity. 5/8 and 3/2 lose
// fewer digits than the usual 1 and 2, and their squares are exact.

const (
	winoTile = 4  // outputs of a tile, each way
	winoSide = 6  // inputs of a tile, each way
	winoAll  = 36 // products of a tile
)

// transform is a kernel of gen/winograd.go: it takes squares of values, a value being 16 floats, to other squares.
type transform func(dst, src, scratch, constants *float32, s *int64)

// stride is how a transform goes through memory: value (r, c) of square i lies at i*next + r*row + c*col. All distances
// are bytes. The assembly knows the fields by their offsets.
type stride struct{ count, srcRow, srcCol, srcNext, dstRow, dstCol, dstNext int64 }

// points are the constants of each transform.
type points struct {
	input  [6]float32 // a, b, a^2, b^2, a^2 b^2, a^2 + b^2
	output [6]float32 // a, b, a^2, b^2, a^3, b^3; of the gradient too
	weight [7]float32 // 1/(a^2 b^2); f, f a, f a^2 with f = 1/(2 a^2 (a^2 - b^2)); the same with a and b exchanged
}

func pointsOf(a, b float64) points {
	p, q := a*a, b*b
	f, g := 1/(2*p*(p-q)), 1/(2*q*(q-p))
	n := func(x float64) float32 { return float32(x) }
	return points{
		input:  [6]float32{n(a), n(b), n(p), n(q), n(p * q), n(p + q)},
		output: [6]float32{n(a), n(b), n(p), n(q), n(p * a), n(q * b)},
		weight: [7]float32{n(1 / (p * q)), n(f), n(f * a), n(f * p), n(g), n(g * b), n(g * q)},
	}
}

var winoPoints = pointsOf(5.0/8, 3.0/2)

// winoScratch is where a transform keeps what lies between its two passes.
type winoScratch struct {
	stride  stride
	between []float32
}

// apply runs f for the squares that s.stride tells.
func (s *winoScratch) apply(f transform, dst, src []float32, constants *float32) {
	between := grow(&s.between, winoAll*unit)
	f(&dst[0], &src[0], &between[0], constants, &s.stride.count)
}
