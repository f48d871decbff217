package interp

import (
	"fmt"
	"go/ast"
	"math/rand/v2"
	"reflect"
	"strings"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// Selected is what a select has done.
type Selected struct {
	Index int // of the case, -1 for the default
	OK    bool
	value reflect.Value
}

func (in *Interp) compileSelect(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	id, directions, _ := strings.Cut(node.Args[0].(*ast.BasicLit).Value, ":")
	args := []*fast.Expr{{Lit: fast.Lit{Type: c.TypeOfInt(), Value: 0}}}
	rest := node.Args[1:]
	byDefault := -1
	for i, d := range directions {
		switch d {
		case 'd':
			byDefault = i
		case 'r':
			ch := channel(c, rest[0], reflect.RecvDir)
			in.received[fmt.Sprintf("%s:%d", id, i)] = ch.Type.Elem()
			args, rest = append(args, ch), rest[1:]
		case 's':
			ch := channel(c, rest[0], reflect.SendDir)
			args, rest = append(args, ch, sent(c, ch, rest[1])), rest[2:]
		}
	}
	return builtinCall(c, sym, func(_ xreflect.Value, rest ...xreflect.Value) xreflect.Value {
		cases := make([]reflect.SelectCase, 0, len(directions)+1)
		for _, d := range directions {
			switch d {
			case 'd':
				cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv}) // to be ignored, so that indices fit
			case 'r':
				cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: rest[0].ReflectValue()})
				rest = rest[1:]
			case 's':
				v := rest[1].ReflectValue()
				if !v.IsValid() {
					v = reflect.Zero(rest[0].ReflectValue().Type().Elem())
				}
				cases = append(cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: rest[0].ReflectValue(), Send: v})
				rest = rest[2:]
			}
		}
		return xreflect.ValueOf(choose(cases, byDefault >= 0))
	}, args, c.TypeOf((*Selected)(nil)))
}

// choose does one of the cases, at once if it can; by default none.
func choose(cases []reflect.SelectCase, byDefault bool) *Selected {
	n := len(cases)
	if n > 0 {
		first := rand.IntN(n)
		for k := range n {
			i := (first + k) % n
			switch c := &cases[i]; {
			case !c.Chan.IsValid():
			case c.Dir == reflect.SelectSend:
				if c.Chan.TrySend(c.Send) {
					return &Selected{Index: i}
				}
			default:
				if v, ok := c.Chan.TryRecv(); v.IsValid() {
					return &Selected{i, ok, v}
				}
			}
		}
	}
	if byDefault {
		return &Selected{Index: -1}
	}
	i, v, ok := reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop.Done())}))
	if i == n {
		stop.Now()
	}
	return &Selected{i, ok, v}
}

func (in *Interp) compileSelected(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	t := in.received[node.Args[0].(*ast.BasicLit).Value]
	s := c.Expr1(node.Args[1], nil)
	return unary(c, sym, s, c.Universe.PtrTo(t), func(s xreflect.Value) xreflect.Value {
		return pointer(s.Interface().(*Selected).value)
	})
}
