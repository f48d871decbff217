package interp

import (
	"go/ast"
	"reflect"

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

// declareChannels adds the built-ins, and those that a stop or an overflow of the stack needs.
func (in *Interp) declareChannels() {
	in.ir.DeclBuiltin(methodName, fast.Builtin{Compile: compileMethod, ArgMin: 1, ArgMax: 1})
	in.declareMake()
	in.ir.DeclBuiltin(enterName, fast.Builtin{Compile: enter, ArgMin: 1, ArgMax: 1})
	in.ir.DeclBuiltin("recover", fast.Builtin{Compile: compileRecover})
	in.ir.DeclBuiltin(deferredName, fast.Builtin{Compile: compileDeferred, ArgMin: 1, ArgMax: 1})
	in.ir.DeclBuiltin(deferRecoverName, fast.Builtin{Compile: compileDeferRecover})
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
	f := func(ch xreflect.Value) xreflect.Value {
		v, _ := receive(ch.ReflectValue())
		return pointer(v)
	}
	if t, ok := common[ch.Type.ReflectType()]; ok {
		f = t.receive
	}
	return unary(c, sym, ch, c.Universe.PtrTo(ch.Type.Elem()), f)
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
	f := func(ch, _ xreflect.Value) (xreflect.Value, xreflect.Value) {
		v, ok := receive(ch.ReflectValue())
		return xreflect.MakeValue(v), xreflect.ValueOf(ok)
	}
	if t, ok := common[ch.Type.ReflectType()]; ok {
		f = t.receiveTwo
	}
	return builtinCall(c, sym, f, []*fast.Expr{ch, unused}, ch.Type.Elem(), c.TypeOfBool())
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
	f := func(ch, v xreflect.Value) { send(ch.ReflectValue(), v.ReflectValue()) }
	if t, ok := common[ch.Type.ReflectType()]; ok {
		f = t.send
	}
	return builtinCall(c, sym, f, []*fast.Expr{ch, v})
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
