// Package display is what a notebook cell can show: figures, tables, images, HTML, progress.
//
// Its names follow gophernotes, so that a notebook written for that kernel runs here. A cell shows the value of its
// last expression by itself; Display shows any other value, Show shows one that later calls update in place:
//
//	import "display"
//	display.HTML("<b>bold</b>")
//	h := display.Show(figure); h.Update(other)
//	p := display.NewProgress("training"); p.Set(done, total, "loss 4.2")
package display

import "fmt"

// The MIME types that a Jupyter front end draws.
const (
	MIMETypeHTML       = "text/html"
	MIMETypeJavaScript = "application/javascript"
	MIMETypeJPEG       = "image/jpeg"
	MIMETypeJSON       = "application/json"
	MIMETypeLatex      = "text/latex"
	MIMETypeMarkdown   = "text/markdown"
	MIMETypePNG        = "image/png"
	MIMETypePDF        = "application/pdf"
	MIMETypeSVG        = "image/svg+xml"
	MIMETypeText       = "text/plain"
)

// MIMEMap holds one value in several formats: keys are MIME types, values text, []byte or what JSON can hold.
type MIMEMap = map[string]any

// Data is what is shown: the formats, what a front end should know of each (width, height, alt text), and what is
// not stored with the notebook (the display's id). It is an alias: a library returns one without importing this package.
type Data = struct {
	Data      MIMEMap
	Metadata  MIMEMap
	Transient MIMEMap
}

// MIME makes a Data of formats and their metadata.
func MIME(data, metadata MIMEMap) Data { return Data{Data: data, Metadata: metadata} }

// MakeData makes a Data of one format, with fmt's text of data as the plain form.
func MakeData(mimeType string, data any) Data {
	if mimeType == MIMETypeText {
		return Data{Data: MIMEMap{MIMETypeText: fmt.Sprint(data)}}
	}
	if b, ok := data.([]byte); ok {
		return MakeData3(mimeType, fmt.Sprintf("%s, %d bytes", mimeType, len(b)), b)
	}
	return MakeData3(mimeType, fmt.Sprint(data), data)
}

// MakeData3 makes a Data of one format and a plain text for front ends that cannot draw it.
func MakeData3(mimeType, plaintext string, data any) Data {
	return Data{Data: MIMEMap{MIMETypeText: plaintext, mimeType: data}}
}

// WithAlt returns d with text as the alternative text of its pictures, and as the plain form.
func WithAlt(d Data, text string) Data {
	out := Data{Data: MIMEMap{MIMETypeText: text}, Metadata: MIMEMap{}, Transient: d.Transient}
	for k, v := range d.Data {
		if k != MIMETypeText {
			out.Data[k] = v
		}
	}
	for k, v := range d.Metadata {
		out.Metadata[k] = v
	}
	for _, k := range []string{MIMETypePNG, MIMETypeJPEG, MIMETypeSVG} {
		if _, ok := out.Data[k]; !ok {
			continue
		}
		m := MIMEMap{}
		if old, ok := out.Metadata[k].(MIMEMap); ok {
			for n, v := range old {
				m[n] = v
			}
		}
		m["alt"] = text
		out.Metadata[k] = m
		if s, ok := out.Data[k].(string); ok && k == MIMETypeSVG {
			out.Data[k] = titled(s, text)
		}
	}
	return out
}
