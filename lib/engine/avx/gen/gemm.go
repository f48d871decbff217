package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const noSplit = attr.NOSPLIT

// The largest tiles, in rows; the accumulators of a tile fill most of the registers.
const (
	rowsAVX2      = 6  // by 16: 12 of 16 registers
	rowsAVX512x16 = 16 // by 16: 16 of 32
	rowsAVX512x32 = 14 // by 32: 28 of 32
)

// gemm writes the micro-kernels: for each instruction set and width one for each number of rows, so that no row
// of a matrix is padded.
func gemm(c *build.Context) {
	for m := 1; m <= rowsAVX2; m++ {
		tile(c, fmt.Sprintf("tileAVX2x%d", m), m, 2, false)
	}
	for m := 1; m <= rowsAVX512x16; m++ {
		tile(c, fmt.Sprintf("tileAVX512x%d", m), m, 1, true)
	}
	for m := 1; m <= rowsAVX512x32; m++ {
		tile(c, fmt.Sprintf("tileAVX512x%dx2", m), m, 2, true)
	}
}

// walk is how a kernel goes through its operands: byte offsets of the fields of type walk in package avx.
var walk = struct{ rows, cols, run, aStep, aCol, bCol, aRow, bRow, b2, c2, ldc, add int }{
	0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88}

// tile writes the kernel of m rows by vectors registers. Two vectors are the halves of one unit of 16 floats
// (AVX2), or two units, whose distances in B and C the walk tells (AVX-512).
func tile(c *build.Context, name string, m, vectors int, wide bool) {
	function(c, name, "func(a, b, c *float32, w *int64)",
		fmt.Sprintf("%s adds up a tile of %d rows: see type walk.", name, m))
	var z []reg.VecPhysical
	if wide {
		z = []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10,
			reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15, reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22,
			reg.Z23, reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31}
	} else {
		z = []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10,
			reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}
	}
	n := m * vectors
	acc := func(row, v int) reg.VecPhysical { return z[row*vectors+v] }
	b := z[n : n+vectors]
	spare := z[n+vectors:] // for broadcasts, in turn

	a, bp, cp, w := reg.RAX, reg.RBX, reg.RCX, reg.RDX
	cols, rows, run := reg.RDI, reg.RSI, reg.R8
	aStep, second, ldc := reg.R9, reg.R10, reg.R11
	load(c, map[string]reg.Register{"a": a, "b": bp, "c": cp, "w": w}, "a", "b", "c", "w")
	field := func(offset int) operand.Mem { return operand.Mem{Base: w, Disp: offset} }

	for _, r := range z[:n] {
		if wide {
			c.VPXORD(r, r, r)
		} else {
			c.VXORPS(r, r, r)
		}
	}
	c.MOVQ(field(walk.aStep), aStep)
	c.MOVQ(field(walk.b2), second)
	c.MOVQ(field(walk.rows), rows)
	c.TESTQ(rows, rows)
	c.JZ(operand.LabelRef("sum"))

	c.Label("row")
	c.MOVQ(field(walk.cols), cols)
	c.Label("col")
	c.MOVQ(field(walk.run), run)
	c.Label("step")
	c.VMOVUPS(operand.Mem{Base: bp}, b[0])
	if vectors == 2 && wide {
		c.VMOVUPS(operand.Mem{Base: bp, Index: second, Scale: 1}, b[1])
	} else if vectors == 2 {
		c.VMOVUPS(operand.Mem{Base: bp, Disp: 32}, b[1])
	}
	c.ADDQ(operand.Imm(64), bp)
	for r := range m {
		from := operand.Mem{Base: a, Disp: 4 * r}
		if vectors == 1 {
			c.VFMADD231PS_BCST(from, b[0], acc(r, 0))
			continue
		}
		t := spare[r%len(spare)]
		c.VBROADCASTSS(from, t)
		for v := range vectors {
			c.VFMADD231PS(b[v], t, acc(r, v))
		}
	}
	c.ADDQ(aStep, a)
	c.DECQ(run)
	c.JNZ(operand.LabelRef("step"))
	c.ADDQ(field(walk.aCol), a)
	c.ADDQ(field(walk.bCol), bp)
	c.DECQ(cols)
	c.JNZ(operand.LabelRef("col"))
	c.ADDQ(field(walk.aRow), a)
	c.ADDQ(field(walk.bRow), bp)
	c.DECQ(rows)
	c.JNZ(operand.LabelRef("row"))

	c.Label("sum")
	c.MOVQ(field(walk.ldc), ldc)
	c.MOVQ(field(walk.c2), second)
	at := func(v int) operand.Mem {
		switch {
		case v == 0:
			return operand.Mem{Base: cp}
		case wide:
			return operand.Mem{Base: cp, Index: second, Scale: 1}
		}
		return operand.Mem{Base: cp, Disp: 32}
	}
	c.CMPQ(field(walk.add), operand.Imm(0))
	c.JNE(operand.LabelRef("add"))
	for r := range m {
		for v := range vectors {
			c.VMOVUPS(acc(r, v), at(v))
		}
		if r < m-1 {
			c.ADDQ(ldc, cp)
		}
	}
	c.VZEROUPPER()
	c.RET()

	c.Label("add")
	for r := range m {
		for v := range vectors {
			c.VADDPS(at(v), acc(r, v), acc(r, v))
			c.VMOVUPS(acc(r, v), at(v))
		}
		if r < m-1 {
			c.ADDQ(ldc, cp)
		}
	}
	c.VZEROUPPER()
	c.RET()
}
