package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// handing is how compiled code is given the values of any type that a call hands to it.
type handing struct {
	name string        // of the operator
	give func(any) any // nil: as they are
	maps bool          // also what maps of any hold
}

// Packages that do not take values as they are.
var (
	// holding keep values for the cell without looking at them, or are shown an image of them.
	holding = set("container/list", "container/ring", "container/heap", "sync", "sync/atomic", "context", "encoding/json")
	// printing print values by package fmt.
	printing = set("fmt", "log", "testing", "log/slog")
	// reading look into values by reflection, where a proxy would stand in the way.
	reading = set("reflect", "sort", "encoding/binary", "encoding/gob", "encoding/xml", "encoding/asn1", "text/template",
		"html/template", "testing/quick", "database/sql", "github.com/go-gota/gota/dataframe", "github.com/go-gota/gota/series")
)

func set(names ...string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

// handing is that of a call of compiled code.
func (l *lowerer) handing(e *ast.CallExpr) handing {
	if list := l.asks(e); list != nil {
		return presenting(list)
	}
	switch path := l.calleePackage(e); {
	case holding[path] || l.encodesXML(e):
		return handing{}
	case printing[path]:
		return l.in.toPrint()
	case reading[path]:
		return handing{name: "naked·", give: naked, maps: true}
	}
	return handing{name: "bare·", give: bare}
}

// toPrint is the handing to package fmt.
func (in *Interp) toPrint() handing { return handing{name: "printed·", give: in.printed} }

// calleePackage is the path of the linked package whose function a call names, "" for any other.
func (l *lowerer) calleePackage(e *ast.CallExpr) string {
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok {
		if o := l.object(sel.Sel); o != nil && o.Pkg() != nil {
			return o.Pkg().Path()
		}
	}
	return ""
}

// encodesXML tells the calls whose values xml.go looks at.
func (l *lowerer) encodesXML(e *ast.CallExpr) bool {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok || l.calleePackage(e) != "encoding/xml" {
		return false
	}
	switch sel.Sel.Name {
	case "Marshal", "MarshalIndent", "Encode":
		return true
	}
	return false
}

// takesAny tells the types of parameters by which values of any type are handed over.
func (l *lowerer) takesAny(t types.Type) bool { return types.IsInterface(t) && !l.compiledInterface(t) }

// handed is a value on its way from an interface of a cell's to a parameter of type to.
func (l *lowerer) handed(h handing, x ast.Expr, from, to types.Type) ast.Expr {
	if h.give == nil {
		return x
	}
	if m, ok := to.Underlying().(*types.Map); ok && h.maps && l.takesAny(m.Elem()) {
		return l.op(fmt.Sprintf("%smap·%d", h.name, l.in.reps.index(to).id), l.in.reps.of(to), h.eachOf, x)
	}
	if !l.takesAny(to) || !types.IsInterface(from) && !ours(from) {
		return x
	}
	return l.op(h.name, l.in.ir.Comp.TypeOfInterface(), func(v reflect.Value) reflect.Value { return some(h.give(inner(v))) }, x)
}

// handedList is what stands before the three dots of a call, for a parameter of type to.
func (l *lowerer) handedList(h handing, x ast.Expr, to types.Type) ast.Expr {
	s, ok := to.Underlying().(*types.Slice)
	if !ok || h.give == nil || !l.takesAny(s.Elem()) {
		return x
	}
	return l.op(h.name+"list", l.in.reps.of(types.NewSlice(anyIface)), func(v reflect.Value) reflect.Value {
		list := make([]any, v.Len())
		for i := range list {
			list[i] = h.give(inner(v.Index(i)))
		}
		return reflect.ValueOf(list)
	}, x)
}

// eachOf is a map of any, a template's functions say, with its values as they are given.
func (h handing) eachOf(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.MakeMapWithSize(v.Type(), v.Len())
	for it := v.MapRange(); it.Next(); {
		out.SetMapIndex(it.Key(), some(h.give(inner(it.Value()))))
	}
	return out
}
