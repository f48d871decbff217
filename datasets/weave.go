package datasets

import (
	"math"
	"math/rand/v2"
)

// weave is one picture of Taxa, in coordinates that run from -1 to 1 over it. The first group is fixed by the
// class, the rest is drawn.
type weave struct {
	motif, overlay int
	palette        palette

	cos, sin       float64 // of the angle of the rows: 0, a quarter or (either way) an eighth of a turn, give or take 0.2
	period         float64 // of the rows
	place          [2]float64
	bend           [2]wave // what x is moved by as a function of y, and y as a function of x
	light          [2]float64
	tones          uint64 // seed of the tone of each cell
	figure, ground rgb

	discs  [9]disc
	meshes [2]float64 // phase of the net's lines in x and y
}

type rgb [3]float64

type wave struct{ amplitude, frequency, phase float64 }

func (w wave) at(t float64) float64 { return w.amplitude * math.Sin(w.frequency*t+w.phase) }

type disc struct{ x, y, radius float64 }

// palette is the hue of the figure, in turns (the ground's is opposite), and ranges of saturation and value.
type palette struct {
	hue                                        float64
	figureSat, figureVal, groundSat, groundVal [2]float64
}

// taxaPalettes are a third of a turn apart: with 0.04 of an image's own and 0.1 of a view's, either way, hues
// of two palettes stay apart by 0.05. They differ in how light lies as well, for views without colour: light
// on dark, dark on light, and between.
var taxaPalettes = [3]palette{
	{0.09, [2]float64{0.60, 0.90}, [2]float64{0.80, 1.00}, [2]float64{0.45, 0.70}, [2]float64{0.22, 0.40}},
	{0.09 + 1.0/3, [2]float64{0.60, 0.90}, [2]float64{0.30, 0.50}, [2]float64{0.12, 0.35}, [2]float64{0.75, 0.95}},
	{0.09 + 2.0/3, [2]float64{0.45, 0.75}, [2]float64{0.65, 0.85}, [2]float64{0.35, 0.60}, [2]float64{0.30, 0.45}},
}

// drawWeave draws a picture of a class.
func drawWeave(leaf int, r *rand.Rand) *weave {
	between := func(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }
	in := func(v [2]float64) float64 { return between(v[0], v[1]) }
	path := taxaPath(leaf)
	w := &weave{motif: path[0], palette: taxaPalettes[path[2]], overlay: path[3]}
	turn := between(-0.2, 0.2)
	switch path[1] {
	case 1:
		turn += math.Pi / 2
	case 2: // a flip of the picture turns one way into the other: both are of the class
		turn += math.Pi / 4 * float64(1-2*r.IntN(2))
	}
	w.sin, w.cos = math.Sincos(turn)
	w.period = between(0.35, 0.48)
	w.place = [2]float64{between(-2, 2), between(-2, 2)}
	for k := range w.bend {
		w.bend[k] = wave{between(0.06, 0.14), between(1, 3), between(0, 2*math.Pi)}
	}
	w.light = [2]float64{between(-0.12, 0.12), between(-0.12, 0.12)}
	w.tones = r.Uint64()
	hue, bright := w.palette.hue+between(-0.04, 0.04), between(0.85, 1.1)
	w.figure = hsv(hue, in(w.palette.figureSat), in(w.palette.figureVal)*bright)
	w.ground = hsv(hue+0.5+between(-0.04, 0.04), in(w.palette.groundSat), in(w.palette.groundVal)*bright)
	for k := range w.discs { // one in each ninth of the picture, so that crops have some
		w.discs[k] = disc{float64(k%3-1)*0.67 + between(-0.2, 0.2), float64(k/3-1)*0.67 + between(-0.2, 0.2), between(0.13, 0.21)}
	}
	w.meshes = [2]float64{between(0, 1), between(0, 1)}
	return w
}

// cell is what a point of a motif belongs to: how far it is inside (outside if negative) the figure, how near
// to its middle (1) or border (0), and which cell it is in.
type cell struct {
	inside, middle float64
	row, column    int
}

// at is the cell of the point (u, v), u along the rows and v across them.
func (w *weave) at(u, v float64) cell {
	p := v / w.period
	if w.motif == 3 { // zigzag: rows that run up and down
		p += 1.1 * (2*math.Abs(fraction(u/(2.5*w.period))-0.5) - 0.5) * 2
	}
	row := math.Floor(p)
	off := math.Abs(p-row-0.5) * w.period // from the middle of the row
	switch w.motif {
	case 1: // bricks: each row is moved by half a brick
		q := u/(2.2*w.period) + 0.5*float64(int(row)&1)
		column := math.Floor(q)
		along := math.Abs(q-column-0.5) * 2.2 * w.period
		inside := min(0.35*w.period-off, 0.95*w.period-along)
		return cell{inside, min(1, max(0, inside/(0.3*w.period))), int(row), int(column)}
	case 2: // grains: oblong dots in rows and columns
		q := u / (1.55 * w.period)
		column := math.Floor(q)
		along := math.Abs(q-column-0.5) * 1.55 * w.period
		far := math.Sqrt(off*off/(0.3*0.3) + along*along/(0.5*0.5)) // in periods: 1 at the border
		far /= w.period
		return cell{(1 - far) * 0.3 * w.period, max(0, 1-far*far), int(row), int(column)}
	}
	return cell{0.26*w.period - off, max(0, 1-off/(0.26*w.period)), int(row), 0}
}

func fraction(t float64) float64 { return t - math.Floor(t) }

// tone is a number in [-1, 1) of a cell's own.
func (w *weave) tone(row, column int) float64 {
	z := w.tones + uint64(row)*0x9e3779b97f4a7c15 + uint64(column)*0xd1b54a32d192ed03
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z ^= z >> 27
	return float64(int64(z)) / (1 << 63)
}

// hsv is the colour of a hue in turns, a saturation and a value.
func hsv(h, s, v float64) rgb {
	v = min(v, 1)
	h = fraction(h) * 6
	k := int(h)
	f := h - float64(k)
	p, q, t := v*(1-s), v*(1-s*f), v*(1-s*(1-f))
	return [...]rgb{{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}}[k%6]
}
