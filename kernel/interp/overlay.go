package interp

import (
	"go/ast"
	"go/types"
	"strconv"
)

// overlay is what stands in for a generic function of a linked package, nil if there is nothing.
func (in *Interp) overlay(o types.Object) *source { return nil }

// fast is a compiled instance of a generic function, nil if there is none.
func (in *Interp) fast(l *lowerer, f *types.Func, args []types.Type, at ast.Node) ast.Expr {
	return nil
}

func unquote(s string) string { t, _ := strconv.Unquote(s); return t }
