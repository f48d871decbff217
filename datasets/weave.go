package datasets

import (
	"math"
	"math/rand/v2"
)

// weave is one picture of Taxa, in coordinates that run from -1 to 1 over it. The first group is fixed by the
// class, the rest is drawn.
type weave struct {
	motif, overlay int

	cos, sin       float64 // of the angle of the rows: 0, a quarter or (either way) an eighth of a turn, give or take 0.2
	perUnit        float64 // rows in a unit of length
	place          [2]float64
	bend           [2]wave // what x is moved by as a function of y, and y as a function of x
	light          [2]float64
	tones          uint64 // seed of the tone of each cell
	figure, ground rgb

	discs  [5]disc
	meshes [2]float64 // phase of the net's lines in x and y
}

type rgb [3]float64

type wave struct{ amplitude, frequency, phase float64 }

func (w wave) at(t float64) float64 { return w.amplitude * math.Sin(w.frequency*t+w.phase) }

type disc struct{ x, y, radius float64 }

// Colours of Taxa. The hue of the figure is that of the palette, in turns, and the ground's is opposite, give or
// take a tenth. Palettes are a third of a turn apart: with ownHue of an image's own and 0.1 of a view's, either way,
// two stay apart by 0.05. Saturation, value and the angle between figure and ground are an image's own: they tell
// images apart without a look at the pattern, which is what most negatives ask for and hard ones do not.
var (
	paletteHues          = [3]float64{0.09, 0.09 + 1.0/3, 0.09 + 2.0/3}
	figureSat, figureVal = [2]float64{0.55, 0.90}, [2]float64{0.65, 1.00}
	groundSat, groundVal = [2]float64{0.25, 0.60}, [2]float64{0.25, 0.55}
)

const ownHue = 0.04

// drawWeave draws a picture of a class.
func drawWeave(leaf int, r *rand.Rand) *weave {
	between := func(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }
	in := func(v [2]float64) float64 { return between(v[0], v[1]) }
	path := taxaPath(leaf)
	w := &weave{motif: path[0], overlay: path[3]}
	turn := between(-0.2, 0.2)
	switch path[1] {
	case 1:
		turn += math.Pi / 2
	case 2: // a flip of the picture turns one way into the other: both are of the class
		turn += math.Pi / 4 * float64(1-2*r.IntN(2))
	}
	w.sin, w.cos = math.Sincos(turn)
	w.perUnit = 1 / between(0.32, 0.45)
	w.place = [2]float64{between(-2, 2), between(-2, 2)}
	for k := range w.bend {
		w.bend[k] = wave{between(0.06, 0.14), between(1, 3), between(0, 2*math.Pi)}
	}
	w.light = [2]float64{between(-0.12, 0.12), between(-0.12, 0.12)}
	w.tones = r.Uint64()
	hue, bright := paletteHues[path[2]]+between(-ownHue, ownHue), between(0.75, 1.15)
	w.figure = hsv(hue, in(figureSat), in(figureVal)*bright)
	w.ground = hsv(hue+0.5+between(-0.1, 0.1), in(groundSat), in(groundVal)*bright)
	for k := range w.discs {
		w.discs[k] = disc{between(-1, 1), between(-1, 1), between(0.15, 0.25)}
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

// The motifs, in periods of the rows: lengths along the rows, and half the widths of what is drawn across them.
const (
	brickLength, brickWidth, brickGap      = 2.2, 0.35, 0.15
	grainLength, grainWidth, grainHalf     = 1.55, 0.3, 0.5
	zigzagLength, zigzagSwing, zigzagScale = 3.0, 1.0, 0.78
	stripeWidth                            = 0.26
)

// at is the cell of the point (u, v), in periods of the rows, u along them and v across.
func (w *weave) at(u, v float64) cell {
	if w.motif == 3 { // zigzag: rows that run up and down, wider, since their slopes are narrower
		u, v = u*zigzagScale, v*zigzagScale
		v += zigzagSwing * (4*math.Abs(fraction(u*(1/zigzagLength))-0.5) - 1)
	}
	row := math.Floor(v)
	off := math.Abs(v - row - 0.5) // from the middle of the row
	switch w.motif {
	case 1: // bricks: each row is moved by half a brick
		q := u*(1/brickLength) + 0.5*float64(int(row)&1)
		column := math.Floor(q)
		inside := min(brickWidth-off, brickLength*(0.5-math.Abs(q-column-0.5))-brickGap)
		return cell{inside, min(1, max(0, inside*(1/0.3))), int(row), int(column)}
	case 2: // grains: oblong dots in rows and columns
		q := u * (1 / grainLength)
		column := math.Floor(q)
		across, along := off*(1/grainWidth), (q-column-0.5)*(grainLength/grainHalf)
		far := across*across + along*along // 1 at the border
		return cell{(1 - math.Sqrt(far)) * grainWidth, max(0, 1-far), int(row), int(column)}
	}
	return cell{stripeWidth - off, max(0, 1-off*(1/stripeWidth)), int(row), 0}
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
