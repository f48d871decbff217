package display

import (
	"image"
	"reflect"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"gonum.org/v1/plot"
)

// A value that has one of these methods is shown by it. They are aliases, so that a library's types need no import.
type (
	Renderer       = interface{ Render() Data }
	SimpleRenderer = interface{ SimpleRender() MIMEMap }
	HTMLer         = interface{ HTML() string }
	JavaScripter   = interface{ JavaScript() string }
	JPEGer         = interface{ JPEG() []byte }
	JSONer         = interface{ JSON() map[string]any }
	Latexer        = interface{ Latex() string }
	Markdowner     = interface{ Markdown() string }
	PNGer          = interface{ PNG() []byte }
	PDFer          = interface{ PDF() []byte }
	SVGer          = interface{ SVG() string }
)

// Alter is a picture that knows its alternative text.
type Alter = interface{ Alt() string }

// Render makes a Data of a value that has a drawn form; ok is false for one that has only text.
func Render(v any) (d Data, ok bool) {
	if v == nil || isNil(v) {
		return Data{}, false
	}
	if d, ok = methods(v); !ok {
		d, ok = known(v)
	}
	if !ok {
		return Data{}, false
	}
	if d.Data == nil {
		d.Data = MIMEMap{}
	}
	if a, has := v.(Alter); has {
		d = WithAlt(d, a.Alt())
	}
	if d.Data[MIMETypeText] == nil {
		d.Data[MIMETypeText] = Plain(v)
	}
	return d, true
}

// known draws the types of other libraries that a notebook meets.
func known(v any) (Data, bool) {
	switch v := v.(type) {
	case Data:
		return v, true
	case *plot.Plot:
		return figure(v), true
	case dataframe.DataFrame:
		return table(v), true
	case *dataframe.DataFrame:
		return table(*v), true
	case series.Series:
		return table(dataframe.New(v)), true
	case image.Image:
		return picture(v), true
	}
	if images, ok := pictures(v); ok {
		return sheet(images), true
	}
	return Data{}, false
}

// methods asks v for each form that it knows.
func methods(v any) (d Data, ok bool) {
	put := func(mimeType string, value any) {
		if d.Data == nil {
			d.Data = MIMEMap{}
		}
		d.Data[mimeType], ok = value, true
	}
	if r, is := v.(Renderer); is {
		d, ok = r.Render(), true
	}
	if r, is := v.(SimpleRenderer); is {
		for k, x := range r.SimpleRender() {
			put(k, x)
		}
	}
	if r, is := v.(HTMLer); is {
		put(MIMETypeHTML, r.HTML())
	}
	if r, is := v.(JavaScripter); is {
		put(MIMETypeJavaScript, r.JavaScript())
	}
	if r, is := v.(JPEGer); is {
		put(MIMETypeJPEG, r.JPEG())
	}
	if r, is := v.(JSONer); is {
		put(MIMETypeJSON, r.JSON())
	}
	if r, is := v.(Latexer); is {
		put(MIMETypeLatex, r.Latex())
	}
	if r, is := v.(Markdowner); is {
		put(MIMETypeMarkdown, r.Markdown())
	}
	if r, is := v.(PNGer); is {
		put(MIMETypePNG, r.PNG())
	}
	if r, is := v.(PDFer); is {
		put(MIMETypePDF, r.PDF())
	}
	if r, is := v.(SVGer); is {
		put(MIMETypeSVG, r.SVG())
	}
	return d, ok
}

func isNil(v any) bool {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return r.IsNil()
	}
	return false
}
