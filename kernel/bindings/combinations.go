package bindings

import (
	"net/http"

	"gonum.org/v1/plot"

	"github.com/hardneg/hardneg/kernel/interp/combine"
)

// What linked packages ask a value for besides the interface that it is handed over as.
func init() {
	combine.Add[rangedPlotter]()
	combine.Add[glyphPlotter]()
	combine.Add[fullPlotter]()
	combine.Add[flushingWriter]()
}

type (
	rangedPlotter struct {
		Object any
		plot.Plotter
		plot.DataRanger
	}
	glyphPlotter struct {
		Object any
		plot.Plotter
		plot.GlyphBoxer
	}
	fullPlotter struct {
		Object any
		plot.Plotter
		plot.DataRanger
		plot.GlyphBoxer
	}
	flushingWriter struct {
		Object any
		http.ResponseWriter
		http.Flusher
	}
)
