package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// updates writes the element-by-element kernels, 8 floats at a time. They round after each multiplication and each
// addition, as the Go code does that handles what is left.
func updates(c *build.Context) {
	function(c, "sgd", "func(w, v, grad, parameters *float32, vectors int64)",
		"sgd: v = momentum v + (grad + decay w); w -= rate v; parameters are rate, momentum, decay.")
	w, v, g, p := reg.RAX, reg.RBX, reg.RCX, reg.RDX
	load(c, map[string]reg.Register{"w": w, "v": v, "grad": g, "parameters": p}, "w", "v", "grad", "parameters")
	rate, momentum, decay := reg.Y0, reg.Y1, reg.Y2
	for i, to := range []reg.VecPhysical{rate, momentum, decay} {
		c.VBROADCASTSS(operand.Mem{Base: p, Disp: 4 * i}, to)
	}
	each(c, func(at func(reg.GPPhysical) operand.Mem) {
		ws, d, vs := reg.Y3, reg.Y4, reg.Y5
		c.VMOVUPS(at(w), ws)
		c.VMULPS(decay, ws, d)
		c.VADDPS(at(g), d, d)
		c.VMULPS(at(v), momentum, vs)
		c.VADDPS(d, vs, vs)
		c.VMOVUPS(vs, at(v))
		c.VMULPS(vs, rate, vs)
		c.VSUBPS(vs, ws, ws)
		c.VMOVUPS(ws, at(w))
	})

	function(c, "mix", "func(key, query, parameters *float32, vectors int64)",
		"mix: key = m key + rest query; parameters are m and rest.")
	key, query := reg.RAX, reg.RBX
	load(c, map[string]reg.Register{"key": key, "query": query, "parameters": p}, "key", "query", "parameters")
	m, rest := reg.Y0, reg.Y1
	c.VBROADCASTSS(operand.Mem{Base: p}, m)
	c.VBROADCASTSS(operand.Mem{Base: p, Disp: 4}, rest)
	each(c, func(at func(reg.GPPhysical) operand.Mem) {
		c.VMULPS(at(key), m, reg.Y2)
		c.VMULPS(at(query), rest, reg.Y3)
		c.VADDPS(reg.Y3, reg.Y2, reg.Y2)
		c.VMOVUPS(reg.Y2, at(key))
	})

	function(c, "dot", "func(a, b *float32, sums *float64, vectors int64)",
		"dot adds a b, in 8 lanes, to sums[0:8].")
	a, b, sums := reg.RAX, reg.RBX, reg.RDX
	load(c, map[string]reg.Register{"a": a, "b": b, "sums": sums}, "a", "b", "sums")
	c.VMOVUPD(operand.Mem{Base: sums}, reg.Y0)
	c.VMOVUPD(operand.Mem{Base: sums, Disp: 32}, reg.Y1)
	loop(c, func(at func(reg.GPPhysical) operand.Mem) {
		for i := range 2 {
			c.VCVTPS2PD(at(a).Offset(16*i), reg.Y2)
			c.VCVTPS2PD(at(b).Offset(16*i), reg.Y3)
			c.VFMADD231PD(reg.Y2, reg.Y3, []reg.VecPhysical{reg.Y0, reg.Y1}[i])
		}
	})
	c.VMOVUPD(reg.Y0, operand.Mem{Base: sums})
	c.VMOVUPD(reg.Y1, operand.Mem{Base: sums, Disp: 32})
	c.VZEROUPPER()
	c.RET()
}

// each is loop and the end of the function.
func each(c *build.Context, body func(at func(reg.GPPhysical) operand.Mem)) {
	loop(c, body)
	c.VZEROUPPER()
	c.RET()
}

// loop runs body for each 8 floats, of which there is at least one group.
func loop(c *build.Context, body func(at func(reg.GPPhysical) operand.Mem)) {
	left, offset := reg.R8, reg.R9
	load(c, map[string]reg.Register{"vectors": left}, "vectors")
	c.XORQ(offset, offset)
	c.Label("vector")
	body(func(p reg.GPPhysical) operand.Mem { return operand.Mem{Base: p, Index: offset, Scale: 1} })
	c.ADDQ(operand.Imm(32), offset)
	c.DECQ(left)
	c.JNZ(operand.LabelRef("vector"))
}
