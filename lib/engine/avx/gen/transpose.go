package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transposes writes the kernels that turn 16 rows into columns and back. They move blocks of 8 rows by 4 columns:
// 8 rows lie in four registers, rows r and r+4 in the halves of one. Sixteen columns at a time are done for eight
// rows and then for the other eight, because rows are often a multiple of 4 KiB apart, where a cache of 8 ways
// holds no more than eight lines.
func transposes(c *build.Context) {
	function(c, "columns16", "func(dst, src *float32, dstStep, srcStep, groups int64)",
		"columns16 reads 16 rows that are srcStep bytes apart, in groups of 4 columns, and writes each column as 16 floats,\n"+
			"columns dstStep bytes apart.")
	transpose(c, true)
	function(c, "rows16", "func(dst, src *float32, dstStep, srcStep, groups int64)",
		"rows16 is the reverse of columns16: it reads columns of 16 floats that are srcStep bytes apart and writes 16 rows,\n"+
			"dstStep bytes apart, in groups of 4 columns.")
	transpose(c, false)
}

func transpose(c *build.Context, toColumns bool) {
	rows, cols := reg.RSI, reg.RDI // the pointer to the rows' side and to the columns' side
	rowStep, colStep := reg.R8, reg.R9
	groups := reg.R10
	names := map[string]reg.Register{"dst": cols, "src": rows, "dstStep": colStep, "srcStep": rowStep, "groups": groups}
	if !toColumns {
		names["dst"], names["src"], names["dstStep"], names["srcStep"] = rows, cols, rowStep, colStep
	}
	load(c, names, "dst", "src", "dstStep", "srcStep", "groups")
	rowStep3, colStep3, low, high, col := reg.R11, reg.R12, reg.RAX, reg.RBX, reg.RCX
	c.LEAQ(operand.Mem{Base: rowStep, Index: rowStep, Scale: 2}, rowStep3)
	c.LEAQ(operand.Mem{Base: colStep, Index: colStep, Scale: 2}, colStep3)

	// strided is the address of item i, 0 to 3, disp bytes on.
	strided := func(base reg.Register, step, step3 reg.Register, i, disp int) operand.Mem {
		switch i {
		case 0:
			return operand.Mem{Base: base, Disp: disp}
		case 1:
			return operand.Mem{Base: base, Index: step, Scale: 1, Disp: disp}
		case 2:
			return operand.Mem{Base: base, Index: step, Scale: 2, Disp: disp}
		}
		return operand.Mem{Base: base, Index: step3, Scale: 1, Disp: disp}
	}
	y := []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3}
	x := []reg.VecPhysical{reg.X0, reg.X1, reg.X2, reg.X3}
	t := []reg.VecPhysical{reg.Y4, reg.Y5, reg.Y6, reg.Y7}
	// block moves 4 columns of 8 rows: rowDisp bytes into the rows, half (0 or 1) of the columns.
	block := func(rowDisp, half int) {
		for i := range 4 {
			if toColumns {
				c.VMOVUPS(strided(low, rowStep, rowStep3, i, rowDisp), x[i])
				c.VINSERTF128(operand.Imm(1), strided(high, rowStep, rowStep3, i, rowDisp), y[i], y[i])
			} else {
				c.VMOVUPS(strided(col, colStep, colStep3, i, 32*half), y[i])
			}
		}
		c.VUNPCKLPS(y[1], y[0], t[0])
		c.VUNPCKHPS(y[1], y[0], t[1])
		c.VUNPCKLPS(y[3], y[2], t[2])
		c.VUNPCKHPS(y[3], y[2], t[3])
		c.VUNPCKLPD(t[2], t[0], y[0])
		c.VUNPCKHPD(t[2], t[0], y[1])
		c.VUNPCKLPD(t[3], t[1], y[2])
		c.VUNPCKHPD(t[3], t[1], y[3])
		for i := range 4 {
			if toColumns {
				c.VMOVUPS(y[i], strided(col, colStep, colStep3, i, 32*half))
			} else {
				c.VMOVUPS(x[i], strided(low, rowStep, rowStep3, i, rowDisp))
				c.VEXTRACTF128(operand.Imm(1), y[i], strided(high, rowStep, rowStep3, i, rowDisp))
			}
		}
	}
	// pass moves 4 n columns of 16 rows.
	pass := func(n int) {
		c.MOVQ(rows, low)
		for half := range 2 {
			c.LEAQ(operand.Mem{Base: low, Index: rowStep, Scale: 4}, high)
			c.MOVQ(cols, col)
			for g := range n {
				block(16*g, half)
				if g < n-1 {
					c.LEAQ(operand.Mem{Base: col, Index: colStep, Scale: 4}, col)
				}
			}
			if half == 0 {
				c.LEAQ(operand.Mem{Base: low, Index: rowStep, Scale: 8}, low)
			}
		}
		c.LEAQ(operand.Mem{Base: col, Index: colStep, Scale: 4}, cols)
		c.ADDQ(operand.Imm(uint64(16*n)), rows)
	}
	c.Label("four")
	c.CMPQ(groups, operand.Imm(4))
	c.JL(operand.LabelRef("one"))
	pass(4)
	c.SUBQ(operand.Imm(4), groups)
	c.JMP(operand.LabelRef("four"))
	c.Label("one")
	c.TESTQ(groups, groups)
	c.JZ(operand.LabelRef("end"))
	pass(1)
	c.DECQ(groups)
	c.JMP(operand.LabelRef("one"))
	c.Label("end")
	c.VZEROUPPER()
	c.RET()
}
