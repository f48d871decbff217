package interp

import (
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

// Programs compare functions by reflect.Value's Pointer, the address of their code. The interpreter's functions have few
// codes among them, and are told apart by the address of the function itself.
func init() {
	valueMethod("Pointer", func(v reflect.Value) func() uintptr {
		return func() uintptr {
			code := v.Pointer()
			if v.Kind() != reflect.Func || code == 0 || !v.CanInterface() {
				return code
			}
			if name := runtime.FuncForPC(code).Name(); name != "reflect.makeFuncStub" && !strings.Contains(name, "/gomacro/") {
				return code
			}
			x := v.Interface()
			return (*[2]uintptr)(unsafe.Pointer(&x))[1]
		}
	})
}
