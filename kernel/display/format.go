package display

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"net/http"
	"os"
	"strings"
)

// HTML shows markup.
func HTML(html string) Data { return MakeData3(MIMETypeHTML, html, html) }

// JavaScript runs a script, in front ends that allow it.
func JavaScript(javascript string) Data { return MakeData(MIMETypeJavaScript, javascript) }

// JPEG shows an encoded picture.
func JPEG(jpeg []byte) Data { return MakeData(MIMETypeJPEG, jpeg) }

// JSON shows a tree that can be unfolded.
func JSON(json map[string]any) Data { return MakeData(MIMETypeJSON, json) }

// Latex shows a formula in the line.
func Latex(latex string) Data {
	return MakeData3(MIMETypeLatex, latex, "$"+strings.Trim(latex, "$")+"$")
}

// Math shows a formula on a line of its own.
func Math(latex string) Data {
	return MakeData3(MIMETypeLatex, latex, "$$"+strings.Trim(latex, "$")+"$$")
}

// Markdown shows formatted text.
func Markdown(markdown string) Data { return MakeData(MIMETypeMarkdown, markdown) }

// PDF shows an encoded document.
func PDF(pdf []byte) Data { return MakeData(MIMETypePDF, pdf) }

// PNG shows an encoded picture.
func PNG(png []byte) Data { return MakeData(MIMETypePNG, png) }

// SVG shows a drawing.
func SVG(svg string) Data { return MakeData3(MIMETypeSVG, "SVG drawing", svg) }

// Text shows plain text.
func Text(text string) Data { return MakeData(MIMETypeText, text) }

// Image shows img as a PNG. One that is small is enlarged by whole factors, without smoothing, until it can be seen.
func Image(img image.Image) Data { return picture(img) }

// File shows the file at path; an empty mimeType means: find it out from the bytes. It panics where the file cannot be
// read, as gophernotes does.
func File(mimeType, path string) Data {
	b, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return Any(mimeType, b)
}

// Auto is Any with the format found out.
func Auto(data any) Data { return Any("", data) }

// Any shows data as mimeType; an empty one means: by the type of data, or from its bytes. Beside every value that can be
// drawn (see Render) it takes string, []byte, io.Reader and io.WriterTo, and panics on any other type.
func Any(mimeType string, data any) Data {
	if d, ok := Render(data); ok {
		return d
	}
	var b []byte
	switch v := data.(type) {
	case string:
		if mimeType == "" {
			mimeType = MIMETypeText
		}
		return MakeData(mimeType, v)
	case []byte:
		b = v
	case io.Reader:
		var err error
		if b, err = io.ReadAll(v); err != nil {
			panic(fmt.Errorf("display: read %T: %w", data, err))
		}
	case io.WriterTo:
		var buf bytes.Buffer
		if _, err := v.WriteTo(&buf); err != nil {
			panic(fmt.Errorf("display: write %T: %w", data, err))
		}
		b = buf.Bytes()
	default:
		panic(fmt.Errorf("display: cannot show a %T", data))
	}
	if mimeType == "" {
		mimeType = sniff(b)
	}
	if textual(mimeType) {
		return MakeData(mimeType, string(b))
	}
	return MakeData(mimeType, b)
}

// sniff names the format of b. The standard library does not know SVG.
func sniff(b []byte) string {
	head := b[:min(len(b), 512)]
	if bytes.Contains(head, []byte("<svg")) {
		return MIMETypeSVG
	}
	t, _, _ := strings.Cut(http.DetectContentType(b), ";")
	return t
}

func textual(mimeType string) bool {
	return strings.HasPrefix(mimeType, "text/") || mimeType == MIMETypeSVG || mimeType == MIMETypeJavaScript
}
