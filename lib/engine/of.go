package engine

import (
	"fmt"

	"gorgonia.org/tensor"
)

// Of returns the engine that t lives on. A tensor without one is a programmer's error.
func Of(t *tensor.Dense) Engine {
	e, ok := t.Engine().(Engine)
	if !ok {
		panic(fmt.Sprintf("engine: a tensor of shape %v lives on %T: make it with an Engine's New", t.Shape(), t.Engine()))
	}
	return e
}

// Floats returns a copy of t's elements in the order of NCHW.
func Floats(t *tensor.Dense) []float32 {
	out := make([]float32, t.Shape().TotalSize())
	Of(t).Download(out, t)
	return out
}

// From returns a tensor on e that holds a copy of data, in the order of NCHW.
func From(e Engine, data []float32, shape ...int) *tensor.Dense {
	t := e.New(shape...)
	e.Upload(t, data)
	return t
}
