package avx

// strips are how a batch normalisation of x (n, c, p) is cut for kernels that handle 8 floats at a time: a strip is a
// channel where p is a multiple of 8, and else 8 neighbouring floats of each sample, of 8/p channels. Sample i belongs
// to split i mod splits.
type strips struct {
	n, c, p, splits int
	count           int // strips
	inner           int // vectors of 8 floats of a sample in a strip
	channels        int // of a strip
	lanes           int // of a channel in a vector
}

// stripsOf returns false where planes do not divide into vectors.
func stripsOf(n, c, p, splits int) (strips, bool) {
	s := strips{n: n, c: c, p: p, splits: splits}
	switch {
	case p%8 == 0:
		s.count, s.inner, s.channels, s.lanes = c, p/8, 1, 8
	case 8%p == 0 && c*p%8 == 0:
		s.count, s.inner, s.channels, s.lanes = c*p/8, 1, 8/p, p
	default:
		return s, false
	}
	return s, true
}

// grain is the number of strips of a task: those of a cache line.
func (s *strips) grain() int { return max(1, 2/s.inner) }

// rows calls f for pieces of the samples of a split in a strip: at is where the first float of the piece lies, n
// the number of samples, stride their distance in bytes. A piece keeps an assembly call far below a millisecond.
func (s *strips) rows(strip, split int, f func(at int, n, stride, inner int64)) {
	samples, step := s.n/s.splits, s.splits*s.c*s.p
	piece := max(1, (64<<10)/(8*s.inner))
	for i := 0; i < samples; i += piece {
		f(strip*s.inner*8+split*s.c*s.p+i*step, int64(min(piece, samples-i)), int64(4*step), int64(s.inner))
	}
}

// channel is the first channel of a strip.
func (s *strips) channel(strip int) int { return strip * s.channels }

// reduce adds up the lanes of channel j of a strip.
func (s *strips) reduce(lanes []float64, j int) float64 {
	sum := 0.0
	for _, v := range lanes[j*s.lanes : (j+1)*s.lanes] {
		sum += v
	}
	return sum
}

// spread writes a parameter of channel j of a strip to its lanes.
func (s *strips) spread(parameter []float32, j int, v float32) {
	for l := j * s.lanes; l < (j+1)*s.lanes; l++ {
		parameter[l] = v
	}
}
