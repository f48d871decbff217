package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"math/big"
	"reflect"
	"strconv"
)

// lowerer writes a checked tree anew, in words that the interpreter knows: without names of types, methods, generics,
// implicit conversions, constants and the loops of later Go. It never changes a tree that it reads, since generic
// functions are read once for each instance.
type lowerer struct {
	in      *Interp
	info    *types.Info
	rename  map[types.Object]string
	results []types.Type    // of the function that is lowered; nil at the top of a cell
	named   []*ast.Ident    // its named results
	whole   ast.Stmt        // the step: what a block of it defines ends with the block
	defers  bool            // the function has a defer statement
	list    string          // the variable in which its deferred functions wait, where gomacro cannot defer them
	fresh   *int            // for names of temporary variables
	waiting []string        // where results wait while a loop over a function is left
	targets []target        // what break and continue can mean, innermost last
	jumps   map[string]jump // where a goto leads, by label
	first   *[]ast.Stmt     // what is compiled before the step forgets the variables that it defines anew
	defines *[]types.Object // variables that the step declares
	funcs   *[]*function    // functions that the step needs and that are not compiled yet
}

func (l *lowerer) refuse(n ast.Node, format string, args ...any) {
	panic(refused{l.in.errorAt("not supported", n.Pos(), fmt.Sprintf(format, args...))})
}

func (l *lowerer) temp(at token.Pos, what string) *ast.Ident {
	*l.fresh++
	return &ast.Ident{NamePos: at, Name: fmt.Sprintf("%s·%d", what, *l.fresh)}
}

func ident(name string, at token.Pos) *ast.Ident { return &ast.Ident{NamePos: at, Name: name} }

func (l *lowerer) typeOf(e ast.Expr) types.Type {
	if tv, ok := l.info.Types[e]; ok {
		return tv.Type
	}
	if id, ok := e.(*ast.Ident); ok {
		if o := l.object(id); o != nil {
			return o.Type()
		}
	}
	return types.Typ[types.Invalid]
}

func (l *lowerer) object(id *ast.Ident) types.Object {
	if o := l.info.Uses[id]; o != nil {
		return o
	}
	return l.info.Defs[id]
}

func (l *lowerer) typ(t types.Type, at token.Pos) ast.Expr { return l.in.reps.ident(t, at) }

// value lowers an expression and converts it to type to.
func (l *lowerer) value(e ast.Expr, to types.Type) ast.Expr {
	return l.convert(l.expr(e), l.typeOf(e), to)
}

// convert makes an implicit conversion of a lowered expression explicit.
func (l *lowerer) convert(x ast.Expr, from, to types.Type) ast.Expr {
	if to == nil || from == nil {
		return x
	}
	if b, ok := from.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return x
	}
	if types.IsInterface(to) {
		return l.toInterface(x, from, to)
	}
	if types.IsInterface(from) {
		return x
	}
	switch a, b := l.in.reps.isOpaque(from), l.in.reps.isOpaque(to); {
	case a && !b:
		return l.unroll(x, from)
	case !a && b:
		return l.roll(x)
	}
	return x
}

func (l *lowerer) compiledInterface(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Name() == "comparable" || n.Obj().Name() == "any" && n.Obj().Pkg() == nil {
		return false
	}
	_, ok = l.in.reps.compiled(n)
	return ok
}

func (l *lowerer) toInterface(x ast.Expr, from, to types.Type) ast.Expr {
	target := l.compiledInterface(to)
	if types.IsInterface(from) {
		switch source := l.compiledInterface(from); {
		case types.Identical(from, to):
			return x
		case target:
			return l.face(x, to)
		case source:
			return l.opened(x)
		}
		return x
	}
	if ours(from) {
		x = l.box(x, from)
		if target {
			return l.face(x, to)
		}
		return x
	}
	if i, _ := to.Underlying().(*types.Interface); isFile(from) && i.NumMethods() > 0 {
		return l.fileInInterface(x, to)
	}
	if target {
		return x // compiled to compiled
	}
	return callOf(l.typ(types.Universe.Lookup("any").Type(), x.Pos()), x)
}

// constant writes a constant of a type.
func (l *lowerer) constant(v constant.Value, t types.Type, at token.Pos) ast.Expr {
	if i, ok := t.Underlying().(*types.Interface); ok && i != nil {
		t = types.Default(untypedOf(v))
	}
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return ident("nil", at)
	}
	if b.Info()&types.IsUntyped != 0 {
		b = types.Default(b).(*types.Basic)
		if b.Info()&types.IsInteger != 0 {
			if _, exact := constant.Int64Val(constant.ToInt(v)); !exact {
				b = types.Typ[types.Float64] // the count of a shift or the operand of a comparison, which is constant too
			}
		}
	}
	var typ ast.Expr = ident(b.Name(), at)
	named := !ours(t)
	if n, ok := types.Unalias(t).(*types.Named); ok && named {
		if _, linked := l.in.reps.compiled(n); linked {
			typ = l.typ(n, at)
		}
	} else {
		named = false
	}
	wrap := func(x ast.Expr) ast.Expr { return callOf(typ, x) }
	plain := func(x ast.Expr) ast.Expr {
		if named {
			return wrap(x)
		}
		return x
	}
	switch {
	case b.Info()&types.IsBoolean != 0:
		x := ident(strconv.FormatBool(constant.BoolVal(v)), at)
		if named {
			return l.linkedConstant(x, reflect.TypeFor[bool](), t)
		}
		return x
	case b.Info()&types.IsString != 0:
		lit := &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: strconv.Quote(constant.StringVal(v))}
		if named {
			return l.linkedConstant(lit, reflect.TypeFor[string](), t)
		}
		return lit
	case b.Info()&types.IsInteger != 0:
		x := l.number(constant.ToInt(v).ExactString(), token.INT, at)
		if b.Kind() == types.Int {
			return plain(x)
		}
		return wrap(x)
	case b.Info()&types.IsFloat != 0:
		x := l.number(floatText(v, b.Kind() == types.Float32), token.FLOAT, at)
		return wrap(x)
	case b.Info()&types.IsComplex != 0:
		re := l.number(floatText(constant.Real(v), false), token.FLOAT, at)
		im := l.number(floatText(constant.Imag(v), false), token.FLOAT, at)
		return plain(callOf(ident("complex", at), wrapFloat(re, b), wrapFloat(im, b)))
	}
	return ident("nil", at)
}

// linkedConstant converts a constant text or truth value to a type of a linked package, which the interpreter cannot.
func (l *lowerer) linkedConstant(x ast.Expr, from reflect.Type, t types.Type) ast.Expr {
	to := l.in.reps.reflect(t)
	f := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{from}, []reflect.Type{to}, false),
		func(a []reflect.Value) []reflect.Value { return []reflect.Value{a[0].Convert(to)} })
	return l.function(fmt.Sprintf("constant·%d", l.in.reps.index(t).id), f, x.Pos(), x)
}

func wrapFloat(x ast.Expr, b *types.Basic) ast.Expr {
	name := "float64"
	if b.Kind() == types.Complex64 {
		name = "float32"
	}
	return callOf(ident(name, x.Pos()), x)
}

func untypedOf(v constant.Value) types.Type {
	switch v.Kind() {
	case constant.Bool:
		return types.Typ[types.UntypedBool]
	case constant.String:
		return types.Typ[types.UntypedString]
	case constant.Int:
		return types.Typ[types.UntypedInt]
	case constant.Float:
		return types.Typ[types.UntypedFloat]
	}
	return types.Typ[types.UntypedComplex]
}

func (l *lowerer) number(text string, kind token.Token, at token.Pos) ast.Expr {
	if text[0] == '-' {
		return &ast.UnaryExpr{OpPos: at, Op: token.SUB, X: &ast.BasicLit{ValuePos: at, Kind: kind, Value: text[1:]}}
	}
	return &ast.BasicLit{ValuePos: at, Kind: kind, Value: text}
}

// floatText writes a constant so that it is read as the nearest number of its type.
func floatText(v constant.Value, single bool) string {
	v = constant.ToFloat(v)
	f, _ := constant.Float64Val(v)
	if single {
		s, _ := constant.Float32Val(v)
		f = float64(s)
	}
	if math.IsInf(f, 0) {
		return new(big.Float).SetFloat64(math.MaxFloat64).Text('g', 17)
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	return text
}
