package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// norms writes the passes of batch normalisation over a strip: n rows of inner*8 floats, stride bytes apart. AVX
// with FMA serves both instruction sets: these passes wait for memory.
func norms(c *build.Context) {
	normSums(c)
	for _, add := range []bool{false, true} {
		for _, relu := range []bool{false, true} {
			normApply(c, add, relu)
		}
	}
	for _, relu := range []bool{false, true} {
		normBackSums(c, relu)
		for _, residual := range []bool{false, true} {
			normBack(c, relu, residual)
		}
	}
}

// strip is the loop around a body that handles 8 floats at offset(i) of each pointer.
func strip(c *build.Context, pointers []reg.GPPhysical, body func(at func(p reg.GPPhysical) operand.Mem), end func()) {
	n, stride, inner, offset, left := reg.R8, reg.R9, reg.R10, reg.R11, reg.R12
	load(c, map[string]reg.Register{"n": n, "stride": stride, "inner": inner}, "n", "stride", "inner")
	c.Label("row")
	c.XORQ(offset, offset)
	c.MOVQ(inner, left)
	c.Label("vector")
	body(func(p reg.GPPhysical) operand.Mem { return operand.Mem{Base: p, Index: offset, Scale: 1} })
	c.ADDQ(operand.Imm(32), offset)
	c.DECQ(left)
	c.JNZ(operand.LabelRef("vector"))
	for _, p := range pointers {
		c.ADDQ(stride, p)
	}
	c.DECQ(n)
	c.JNZ(operand.LabelRef("row"))
	end()
	c.VZEROUPPER()
	c.RET()
}

// parameter loads the i-th group of 8 floats from p.
func parameter(c *build.Context, p reg.GPPhysical, i int, to reg.VecPhysical) {
	c.VMOVUPS(operand.Mem{Base: p, Disp: 32 * i}, to)
}

// accumulators are two pairs of registers of float64 that begin with what sums holds and end there.
func accumulators(c *build.Context, sums reg.GPPhysical) (acc []reg.VecPhysical, store func()) {
	acc = []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3}
	for i, a := range acc {
		c.VMOVUPD(operand.Mem{Base: sums, Disp: 32 * i}, a)
	}
	return acc, func() {
		for i, a := range acc {
			c.VMOVUPD(a, operand.Mem{Base: sums, Disp: 32 * i})
		}
	}
}

func normSums(c *build.Context) {
	function(c, "normSums", "func(x *float32, sums *float64, n, stride, inner int64)",
		"normSums adds x, in 8 lanes, to sums[0:8] and x squared to sums[8:16].")
	x, sums := reg.RAX, reg.RBX
	load(c, map[string]reg.Register{"x": x, "sums": sums}, "x", "sums")
	acc, store := accumulators(c, sums)
	strip(c, []reg.GPPhysical{x}, func(at func(reg.GPPhysical) operand.Mem) {
		low := at(x)
		c.VCVTPS2PD(low, reg.Y4)
		c.VCVTPS2PD(low.Offset(16), reg.Y5)
		c.VADDPD(reg.Y4, acc[0], acc[0])
		c.VADDPD(reg.Y5, acc[1], acc[1])
		c.VFMADD231PD(reg.Y4, reg.Y4, acc[2])
		c.VFMADD231PD(reg.Y5, reg.Y5, acc[3])
	}, store)
}

func normApply(c *build.Context, add, relu bool) {
	name, doc := "normApply", "y = (x - mean) scale + shift"
	if add {
		name, doc = name+"Add", doc+" + residual"
	}
	if relu {
		name, doc = name+"ReLU", "max(0, "+doc+")"
	}
	function(c, name, "func(y, x, residual, parameters *float32, n, stride, inner int64)",
		name+": "+doc+"; parameters are mean, scale and shift, 8 of each.")
	y, x, residual, p := reg.RAX, reg.RBX, reg.RCX, reg.RDX
	load(c, map[string]reg.Register{"y": y, "x": x, "residual": residual, "parameters": p}, "y", "x", "residual", "parameters")
	mean, scale, shift, zero, v := reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4
	parameter(c, p, 0, mean)
	parameter(c, p, 1, scale)
	parameter(c, p, 2, shift)
	c.VXORPS(zero, zero, zero)
	pointers := []reg.GPPhysical{y, x}
	if add {
		pointers = append(pointers, residual)
	}
	strip(c, pointers, func(at func(reg.GPPhysical) operand.Mem) {
		c.VMOVUPS(at(x), v)
		c.VSUBPS(mean, v, v)
		c.VFMADD213PS(shift, scale, v)
		if add {
			c.VADDPS(at(residual), v, v)
		}
		if relu {
			c.VMAXPS(v, zero, v) // NaN stays
		}
		c.VMOVUPS(v, at(y))
	}, func() {})
}

// gradient loads dy, and zeros where y is at most 0.
func gradient(c *build.Context, dy, y operand.Mem, relu bool, zero, to reg.VecPhysical) {
	c.VMOVUPS(dy, to)
	if relu {
		const notLessOrEqual = 6 // true for NaN
		c.VMOVUPS(y, reg.Y15)
		c.VCMPPS(operand.Imm(notLessOrEqual), zero, reg.Y15, reg.Y15)
		c.VANDPS(reg.Y15, to, to)
	}
}

func normBackSums(c *build.Context, relu bool) {
	name := "normBackSums"
	if relu {
		name += "ReLU"
	}
	function(c, name, "func(dy, y, x *float32, sums *float64, n, stride, inner int64)",
		name+" adds g, dy where y lets it pass, in 8 lanes, to sums[0:8] and g x to sums[8:16].")
	dy, y, x, sums := reg.RAX, reg.RBX, reg.RCX, reg.RDX
	load(c, map[string]reg.Register{"dy": dy, "y": y, "x": x, "sums": sums}, "dy", "y", "x", "sums")
	acc, store := accumulators(c, sums)
	zero, g := reg.Y8, reg.Y9
	c.VXORPS(zero, zero, zero)
	strip(c, []reg.GPPhysical{dy, y, x}, func(at func(reg.GPPhysical) operand.Mem) {
		gradient(c, at(dy), at(y), relu, zero, g)
		c.VCVTPS2PD(reg.X9, reg.Y4)
		c.VEXTRACTF128(operand.Imm(1), g, reg.X5)
		c.VCVTPS2PD(reg.X5, reg.Y5)
		low := at(x)
		c.VCVTPS2PD(low, reg.Y6)
		c.VCVTPS2PD(low.Offset(16), reg.Y7)
		c.VADDPD(reg.Y4, acc[0], acc[0])
		c.VADDPD(reg.Y5, acc[1], acc[1])
		c.VFMADD231PD(reg.Y4, reg.Y6, acc[2])
		c.VFMADD231PD(reg.Y5, reg.Y7, acc[3])
	}, store)
}

func normBack(c *build.Context, relu, residual bool) {
	name, doc := "normBack", ""
	if residual {
		name, doc = name+"Add", "; dresidual = g"
	}
	if relu {
		name += "ReLU"
	}
	function(c, name, "func(dx, dresidual, dy, y, x, parameters *float32, n, stride, inner int64)",
		name+": dx = scale (g - a - (x - mean) b)"+doc+"; parameters are mean, scale, a and b, 8 of each.")
	dx, dr, dy, y, x, p := reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.RSI, reg.RDI
	load(c, map[string]reg.Register{"dx": dx, "dresidual": dr, "dy": dy, "y": y, "x": x, "parameters": p},
		"dx", "dresidual", "dy", "y", "x", "parameters")
	mean, scale, a, b, zero, g, v := reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6
	for i, to := range []reg.VecPhysical{mean, scale, a, b} {
		parameter(c, p, i, to)
	}
	c.VXORPS(zero, zero, zero)
	pointers := []reg.GPPhysical{dx, dy, x}
	if relu {
		pointers = append(pointers, y)
	}
	if residual {
		pointers = append(pointers, dr)
	}
	strip(c, pointers, func(at func(reg.GPPhysical) operand.Mem) {
		gradient(c, at(dy), at(y), relu, zero, g)
		if residual {
			c.VMOVUPS(g, at(dr))
		}
		c.VMOVUPS(at(x), v)
		c.VSUBPS(mean, v, v)
		c.VSUBPS(a, g, g)
		c.VFNMADD231PS(b, v, g)
		c.VMULPS(scale, g, g)
		c.VMOVUPS(g, at(dx))
	}, func() {})
}
