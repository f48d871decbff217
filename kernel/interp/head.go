package interp

import (
	"go/types"

	"github.com/hardneg/hardneg/kernel/display"
)

// Head is display.Header's, for a value that has no method by which it prints itself.
func (o Object) Head(most int) (head any, length int) {
	if formatter(o, 'v', false) != nil {
		return o, 0
	}
	part, n := display.Head(o.V, most)
	if n <= most {
		return o, n
	}
	t := o.T.Type
	if a, ok := t.Underlying().(*types.Array); ok {
		t = types.NewSlice(a.Elem())
	}
	return Object{part, o.T.in.typeFor(t)}, n
}
