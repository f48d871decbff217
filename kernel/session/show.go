package session

import (
	"fmt"
	"image"
	"reflect"
	"strings"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
)

// drawn are the interfaces by which a value of a cell's own type can be drawn, said those by which it has a text.
var (
	drawn = []reflect.Type{
		reflect.TypeFor[display.Renderer](), reflect.TypeFor[display.SimpleRenderer](), reflect.TypeFor[display.HTMLer](),
		reflect.TypeFor[display.Markdowner](), reflect.TypeFor[display.SVGer](), reflect.TypeFor[display.PNGer](),
		reflect.TypeFor[display.JPEGer](), reflect.TypeFor[display.Latexer](), reflect.TypeFor[display.JSONer](),
		reflect.TypeFor[image.Image](),
	}
	said = []reflect.Type{reflect.TypeFor[error](), reflect.TypeFor[fmt.Stringer]()}
)

// show makes what is displayed of the values of a cell's last expression: the one that has a drawn form, or the text of
// all. A panic in a value's own method is the cell's failure.
func (s *Session) show(values []interp.Value) (result *display.Data, err error) {
	defer func() {
		if r := recover(); interp.Stops(r) {
			panic(r)
		} else if r != nil {
			err = &interp.Error{Name: "panic", Value: fmt.Sprintf("while showing the result: %v", r)}
		}
	}()
	if len(values) == 0 || len(values) == 1 && values[0].Any == nil {
		return nil, nil
	}
	var words []string
	var picture *display.Data
	for _, v := range values {
		text := v.Any
		if own, ok := s.in.As(v, said); ok {
			text = own
		}
		words = append(words, display.Plain(text))
		if picture != nil {
			continue
		}
		if own, ok := s.in.As(v, drawn); ok {
			if d, ok := display.Render(own); ok {
				d.Data[display.MIMETypeText] = display.Plain(text)
				picture = &d
			}
		} else if d, ok := display.Render(v.Any); ok {
			picture = &d
		}
	}
	d := display.Text(strings.Join(words, " "))
	if picture != nil {
		d = *picture
	}
	d = fit(d)
	return &d, nil
}
