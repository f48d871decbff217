package interp

import (
	"fmt"
	"go/ast"
	"reflect"
	"strings"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// The built-ins that stand for operations on channels (stoppable.go). Each tries at once; where that would block it waits
// for the channel and for an interrupt.
const (
	receiveName    = "ch·receive"    // of a channel: a pointer to what is received
	receiveTwoName = "ch·receiveTwo" // of a channel: what is received, and whether it was sent
	sendName       = "ch·send"       // of a channel and a value
	selectName     = "ch·select"     // of "number:directions", channels, and values to send: a *Selected
	selectedName   = "ch·selected"   // of "number:case", and a *Selected: a pointer to what was received
)

// Selected is what a select has done.
type Selected struct {
	Index int // of the case, -1 for the default
	OK    bool
	value reflect.Value
}

// declareChannels adds the built-ins, and those that a stop or an overflow of the stack needs.
func (in *Interp) declareChannels() {
	in.ir.DeclBuiltin(methodName, fast.Builtin{Compile: compileMethod, ArgMin: 1, ArgMax: 1})
	in.ir.DeclBuiltin(enterName, fast.Builtin{Compile: enter})
	in.ir.DeclBuiltin("recover", fast.Builtin{Compile: compileRecover})
	in.ir.DeclBuiltin(receiveName, fast.Builtin{Compile: compileReceive, ArgMin: 1, ArgMax: 1})
	in.ir.DeclBuiltin(receiveTwoName, fast.Builtin{Compile: compileReceiveTwo, ArgMin: 2, ArgMax: 2})
	in.ir.DeclBuiltin(sendName, fast.Builtin{Compile: compileSend, ArgMin: 2, ArgMax: 2})
	in.ir.DeclBuiltin(selectName, fast.Builtin{Compile: in.compileSelect, ArgMin: 1, ArgMax: 1 << 15})
	in.ir.DeclBuiltin(selectedName, fast.Builtin{Compile: in.compileSelected, ArgMin: 2, ArgMax: 2})
}

// builtinCall makes the call of a built-in; f has one of the types that gomacro knows for built-ins.
func builtinCall(c *fast.Comp, sym fast.Symbol, f any, args []*fast.Expr, out ...xreflect.Type) *fast.Call {
	in := make([]xreflect.Type, len(args))
	for i, a := range args {
		in[i] = a.Type
	}
	t := c.Universe.FuncOf(in, out, false)
	sym.Type = t
	return &fast.Call{Fun: &fast.Expr{Lit: fast.Lit{Type: t, Value: f}, Sym: &sym}, Args: args, OutTypes: out}
}

func channel(c *fast.Comp, node ast.Expr, dir reflect.ChanDir) *fast.Expr {
	ch := c.Expr1(node, nil)
	if ch.Type == nil || ch.Type.Kind() != reflect.Chan {
		c.Errorf("invalid operation: %v is no channel", node)
	}
	if ch.Type.ChanDir()&dir == 0 {
		c.Errorf("invalid operation: %v is of type %v", node, ch.Type)
	}
	return ch
}

func compileReceive(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	ch := channel(c, node.Args[0], reflect.RecvDir)
	return unary(c, sym, ch, c.Universe.PtrTo(ch.Type.Elem()), func(ch xreflect.Value) xreflect.Value {
		v, _ := receive(ch.ReflectValue())
		return pointer(v)
	})
}

// pointer is one to a copy of v.
func pointer(v reflect.Value) xreflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return xreflect.MakeValue(p)
}

func compileReceiveTwo(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	ch := channel(c, node.Args[0], reflect.RecvDir)
	unused := c.Expr1(node.Args[1], nil)
	unused.ConstTo(c.TypeOfInt())
	return builtinCall(c, sym, func(ch, _ xreflect.Value) (xreflect.Value, xreflect.Value) {
		v, ok := receive(ch.ReflectValue())
		return xreflect.MakeValue(v), xreflect.ValueOf(ok)
	}, []*fast.Expr{ch, unused}, ch.Type.Elem(), c.TypeOfBool())
}

func receive(ch reflect.Value) (reflect.Value, bool) {
	if v, ok := ch.TryRecv(); v.IsValid() {
		return v, ok
	}
	i, v, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: ch}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop.Done())}})
	if i == 1 {
		stop.Now()
	}
	return v, ok
}

func compileSend(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	ch := channel(c, node.Args[0], reflect.SendDir)
	v := sent(c, ch, node.Args[1])
	return builtinCall(c, sym, func(ch, v xreflect.Value) { send(ch.ReflectValue(), v.ReflectValue()) }, []*fast.Expr{ch, v})
}

// sent is a value to be sent, as the channel's type has it.
func sent(c *fast.Comp, ch *fast.Expr, node ast.Expr) *fast.Expr {
	v := c.Expr1(node, nil)
	t := ch.Type.Elem()
	switch {
	case v.Const():
		v.ConstTo(t)
	case v.Type == nil || !v.Type.AssignableTo(t):
		c.Errorf("cannot use %v (type %v) as %v value in send", node, v.Type, t)
	default:
		v.To(c, t)
	}
	return v
}

func send(ch, v reflect.Value) {
	if !v.IsValid() {
		v = reflect.Zero(ch.Type().Elem())
	}
	if ch.TrySend(v) {
		return
	}
	if i, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: ch, Send: v}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop.Done())}}); i == 1 {
		stop.Now()
	}
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

func choose(cases []reflect.SelectCase, byDefault bool) *Selected {
	n := len(cases)
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	i, v, ok := reflect.Select(cases)
	if i == n {
		if byDefault {
			return &Selected{Index: -1}
		}
		cases[n] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop.Done())}
		if i, v, ok = reflect.Select(cases); i == n {
			stop.Now()
		}
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
