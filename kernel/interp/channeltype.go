package interp

import (
	"reflect"

	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// common are the operations on channels of the commonest types, without reflection: several times faster.
var common = map[reflect.Type]operations{}

type operations struct {
	receive    func(ch xreflect.Value) xreflect.Value
	receiveTwo func(ch, _ xreflect.Value) (xreflect.Value, xreflect.Value)
	send       func(ch, v xreflect.Value)
}

func init() {
	addCommon[int]()
	addCommon[int64]()
	addCommon[byte]()
	addCommon[float32]()
	addCommon[float64]()
	addCommon[string]()
	addCommon[bool]()
	addCommon[struct{}]()
	addCommon[error]()
	addCommon[any]()
	addCommon[[]byte]()
	addCommon[[]int]()
	addCommon[[]float64]()
}

func addCommon[T any]() {
	both := operationsOn(func(v xreflect.Value) chan T { return v.Interface().(chan T) })
	common[reflect.TypeFor[chan T]()] = both
	common[reflect.TypeFor[<-chan T]()] = operationsOn(func(v xreflect.Value) <-chan T { return v.Interface().(<-chan T) })
	common[reflect.TypeFor[chan<- T]()] = operations{send: sendTo(func(v xreflect.Value) chan<- T { return v.Interface().(chan<- T) })}
	both.send = sendTo(func(v xreflect.Value) chan<- T { return v.Interface().(chan T) })
	common[reflect.TypeFor[chan T]()] = both
}

func operationsOn[T any, C ~chan T | ~<-chan T](of func(xreflect.Value) C) operations {
	next := func(ch <-chan T, v *T) (ok bool) {
		select {
		case *v, ok = <-ch:
		default:
			select {
			case *v, ok = <-ch:
			case <-stop.Done():
				stop.Now()
			}
		}
		return ok
	}
	return operations{
		receive: func(ch xreflect.Value) xreflect.Value {
			v := new(T)
			next(of(ch), v)
			return xreflect.ValueOf(v)
		},
		receiveTwo: func(ch, _ xreflect.Value) (xreflect.Value, xreflect.Value) {
			v := new(T)
			ok := next(of(ch), v)
			return xreflect.MakeValue(reflect.ValueOf(v).Elem()), xreflect.ValueOf(ok)
		},
	}
}

func sendTo[T any](of func(xreflect.Value) chan<- T) func(ch, v xreflect.Value) {
	return func(ch, x xreflect.Value) {
		var v T
		if x.IsValid() {
			v, _ = x.Interface().(T) // of a nil interface nothing, which is what v is
		}
		c := of(ch)
		select {
		case c <- v:
		default:
			select {
			case c <- v:
			case <-stop.Done():
				stop.Now()
			}
		}
	}
}
