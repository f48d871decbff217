package datasets

import (
	"math"
	"math/rand/v2"
)

// taxaSamples is how many points a pixel is the mean of, in each direction.
const taxaSamples = 2

// weaveScratch is a worker's memory: coordinates of the samples, and how they are bent.
type weaveScratch struct{ at, bendX, bendY []float64 }

func newWeaveScratch(size int) *weaveScratch {
	n := size * taxaSamples
	s := &weaveScratch{make([]float64, n), make([]float64, n), make([]float64, n)}
	for i := range s.at {
		s.at[i] = (float64(i)+0.5)/float64(n)*2 - 1
	}
	return s
}

// render writes dst: (size, size, 3).
func (w *weave) render(dst []uint8, size int, s *weaveScratch) {
	for i, t := range s.at {
		s.bendX[i], s.bendY[i] = w.bend[0].at(t), w.bend[1].at(t)
	}
	edge := s.at[1] - s.at[0] // borders are blurred over one sample
	for py := range size {
		for px := range size {
			var sum rgb
			for sy := py * taxaSamples; sy < (py+1)*taxaSamples; sy++ {
				for sx := px * taxaSamples; sx < (px+1)*taxaSamples; sx++ {
					c := w.colour(s.at[sx], s.at[sy], s.bendX[sy], s.bendY[sx], edge)
					sum[0] += c[0]
					sum[1] += c[1]
					sum[2] += c[2]
				}
			}
			for ch := range 3 {
				v := sum[ch] / (taxaSamples * taxaSamples)
				dst[(py*size+px)*3+ch] = uint8(min(1, max(0, v))*255 + 0.5)
			}
		}
	}
}

// colour is that of the point (x, y), which the bend moves by (bx, by).
func (w *weave) colour(x, y, bx, by, edge float64) rgb {
	mx, my := (x+bx+w.place[0])*w.perUnit, (y+by+w.place[1])*w.perUnit
	c := w.at(mx*w.cos+my*w.sin, my*w.cos-mx*w.sin)
	t := cover(c.inside, edge*w.perUnit)
	light := 1 + w.light[0]*x + w.light[1]*y
	figure := t * light * (0.88 + 0.16*c.middle + 0.09*w.tone(c.row, c.column))
	ground := (1 - t) * light * (0.85 + 0.15*min(1, max(0, -c.inside*(1/shadow))))
	var out rgb
	for ch := range out {
		out[ch] = figure*w.figure[ch] + ground*w.ground[ch]
	}
	switch w.overlay {
	case 1:
		w.overDiscs(&out, x+bx, y+by, edge)
	case 2:
		w.overNet(&out, x+bx, y+by, edge)
	}
	return out
}

// shadow is how far the figure darkens the ground, in periods of the rows.
const shadow = 0.12

// cover is how much of a point is covered that lies so far inside of a border.
func cover(inside, edge float64) float64 { return min(1, max(0, 0.5+inside/edge)) }

// overDiscs lays pale discs with a dark rim over the pattern.
func (w *weave) overDiscs(out *rgb, x, y, edge float64) {
	for _, d := range w.discs {
		dx, dy := x-d.x, y-d.y
		far := dx*dx + dy*dy
		if limit := d.radius + 0.06; far > limit*limit {
			continue
		}
		far = math.Sqrt(far)
		rim, t := cover(d.radius+0.035-far, edge), cover(d.radius-far, edge)
		shade := 1 - 0.12*(far/d.radius)*(far/d.radius)
		for ch, v := range [3]float64{0.98, 0.96, 0.92} {
			out[ch] = out[ch]*(1-0.75*rim)*(1-t) + v*shade*t
		}
	}
}

// overNet lays a dark square mesh over the pattern.
func (w *weave) overNet(out *rgb, x, y, edge float64) {
	const mesh, half = 1.5, 0.1
	nx := math.Abs(fraction(x/mesh+w.meshes[0])-0.5) * mesh
	ny := math.Abs(fraction(y/mesh+w.meshes[1])-0.5) * mesh
	near := min(nx, ny)
	t := cover(half-near, edge)
	shine := 0.07 + 0.1*max(0, 1-near/half)
	for ch := range out {
		out[ch] = out[ch]*(1-t) + shine*t
	}
}

// grain adds normal noise, deviation 0.04 of the full range, to each value.
func grain(img []uint8, r *rand.Rand) {
	for i, v := range img {
		img[i] = uint8(min(255, max(0, float64(v)+0.04*255*r.NormFloat64()+0.5)))
	}
}
