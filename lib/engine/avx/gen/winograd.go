package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// step is how a transform goes through memory: byte offsets of the fields of type stride in package avx.
var step = struct{ count, srcRow, srcCol, srcNext, dstRow, dstCol, dstNext int }{0, 8, 16, 24, 32, 40, 48}

// line is a transform of one dimension, from n values to m. It reads values by in, keeps its constants in the registers
// from z[first] on, and writes results by out; registers below first are its own.
type line struct {
	name, doc   string
	n, m, first int
	constants   int
	write       func(t *transformer)
}

// lines are the five transforms of F(4x4, 3x3); constants lie as type points in package avx orders them.
var lines = []line{
	{"winoInput", "B^T d B: 6x6 values", 6, 6, 10, 6, inputLine},
	{"winoOutput", "A^T m A: 6x6 values to 4x4", 6, 4, 8, 6, outputLine},
	{"winoGradient", "A y A^T: 4x4 values to 6x6", 4, 6, 8, 6, gradientLine},
	{"winoWeight", "G g G^T: 3x3 values to 6x6", 3, 6, 8, 7, weightLine},
	{"winoWeightGradient", "G^T u G: 6x6 values to 3x3", 6, 3, 8, 7, weightGradientLine},
}

// winograds writes the transforms of Winograd's convolution for both instruction sets from one description. A value is
// 16 floats; AVX2 takes its halves one after the other. Each lane goes through the same operations in the same order.
func winograds(c *build.Context) {
	for _, wide := range []bool{false, true} {
		for _, l := range lines {
			transform2(c, l, wide)
		}
	}
}

// transformer is the state while a line is written.
type transformer struct {
	*build.Context
	z     []reg.VecPhysical
	first int
	in    func(i int) operand.Mem
	out   func(i int) operand.Mem
}

func (t *transformer) k(i int) reg.VecPhysical              { return t.z[t.first+i] }
func (t *transformer) load(i, to int)                       { t.VMOVUPS(t.in(i), t.z[to]) }
func (t *transformer) store(from, i int)                    { t.VMOVUPS(t.z[from], t.out(i)) }
func (t *transformer) move(from, to int)                    { t.VMOVAPS(t.z[from], t.z[to]) }
func (t *transformer) add(a, b, to int)                     { t.VADDPS(t.z[b], t.z[a], t.z[to]) }
func (t *transformer) sub(a, b, to int)                     { t.VSUBPS(t.z[b], t.z[a], t.z[to]) }
func (t *transformer) mul(a int, k reg.VecPhysical, to int) { t.VMULPS(k, t.z[a], t.z[to]) }

// fma: to += a k. fnma: to -= a k.
func (t *transformer) fma(a int, k reg.VecPhysical, to int)  { t.VFMADD231PS(k, t.z[a], t.z[to]) }
func (t *transformer) fnma(a int, k reg.VecPhysical, to int) { t.VFNMADD231PS(k, t.z[a], t.z[to]) }

// transform2 writes the function that applies l to the columns and then to the rows of a square of values, again and
// again for count squares. The squares between lie in scratch.
func transform2(c *build.Context, l line, wide bool) {
	isa, size := "AVX2", 32
	z := []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10,
		reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}
	if wide {
		isa, size = "AVX512", 64
		z = []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10,
			reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15, reg.Z16}
	}
	name := l.name + isa
	function(c, name, "func(dst, src, scratch, constants *float32, s *int64)", name+": "+l.doc+"; see type stride.")
	dst, src, scratch, constants, s := reg.RAX, reg.RBX, reg.RCX, reg.RSI, reg.RDX
	load(c, map[string]reg.Register{"dst": dst, "src": src, "scratch": scratch, "constants": constants, "s": s},
		"dst", "src", "scratch", "constants", "s")
	field := func(offset int) operand.Mem { return operand.Mem{Base: s, Disp: offset} }
	t := &transformer{Context: c, z: z, first: l.first}
	for i := range l.constants {
		c.VBROADCASTSS(operand.Mem{Base: constants, Disp: 4 * i}, t.k(i))
	}
	at, step1, step3, step5, left := reg.RDI, reg.R8, reg.R9, reg.R10, reg.R11
	// steps prepares the distances of items 1 to 5.
	steps := func(from int) {
		c.MOVQ(field(from), step1)
		c.LEAQ(operand.Mem{Base: step1, Index: step1, Scale: 2}, step3)
		c.LEAQ(operand.Mem{Base: step1, Index: step1, Scale: 4}, step5)
	}
	strided := func(i, disp int) operand.Mem {
		m := operand.Mem{Base: at, Disp: disp}
		switch i {
		case 1, 2, 4:
			m.Index, m.Scale = step1, uint8(i)
		case 3:
			m.Index, m.Scale = step3, 1
		case 5:
			m.Index, m.Scale = step5, 1
		}
		return m
	}
	between := func(row, col int) operand.Mem { return operand.Mem{Base: scratch, Disp: size * (row*l.n + col)} }

	c.MOVQ(field(step.count), left)
	c.Label("square")
	for half := range 64 / size {
		disp := half * size
		steps(step.srcRow)
		c.MOVQ(src, at)
		for col := range l.n {
			t.in = func(i int) operand.Mem { return strided(i, disp) }
			t.out = func(i int) operand.Mem { return between(i, col) }
			l.write(t)
			if col < l.n-1 {
				c.ADDQ(field(step.srcCol), at)
			}
		}
		steps(step.dstCol)
		c.MOVQ(dst, at)
		for row := range l.m {
			t.in = func(i int) operand.Mem { return between(row, i) }
			t.out = func(i int) operand.Mem { return strided(i, disp) }
			l.write(t)
			if row < l.m-1 {
				c.ADDQ(field(step.dstRow), at)
			}
		}
	}
	c.ADDQ(field(step.srcNext), src)
	c.ADDQ(field(step.dstNext), dst)
	c.DECQ(left)
	c.JNZ(operand.LabelRef("square"))
	c.VZEROUPPER()
	c.RET()
}
